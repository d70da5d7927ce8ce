# Replaces functions of the same name in frappe/installer.py, which refuses every app but frappe.


def parse_app_name(name):
	# "frappe/erpnext", "erpnext" and a path or URL of either end in the app's name.
	return name.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")


def install_app(name, verbose=False, set_as_patched=True, force=False):
	from frappe.core.doctype.scheduled_job_type.scheduled_job_type import sync_jobs
	from frappe.model.module_utils import sync_customizations
	from frappe.model.sync import sync_for
	from frappe.utils.fixtures import sync_fixtures

	frappe.flags.in_install = name
	frappe.flags.ignore_in_install = False
	frappe.clear_cache()
	hooks = frappe.get_hooks(app_name=name)
	for required in hooks.required_apps or []:
		install_app(parse_app_name(required), verbose=verbose)

	frappe.flags.in_install = name
	frappe.clear_cache()
	if name not in frappe.get_all_apps():
		raise Exception(f"App {name} not in apps.txt")
	if name in frappe.get_installed_apps() and not force:
		click.secho(f"App {name} already installed", fg="yellow")
		frappe.flags.in_install = False
		return

	print(f"\nInstalling {name}...")
	if name != "frappe":
		frappe.only_for("System Manager")
	for before_install in hooks.before_install or []:
		if frappe.get_attr(before_install)() is False:
			return
	for fn in frappe.get_hooks("before_app_install"):
		frappe.get_attr(fn)(name)

	if name != "frappe":  # whose modules are made with its doctypes, before Module Def itself is complete
		add_module_defs(name, ignore_if_duplicate=force)
	sync_for(name, force=force, reset_permissions=True)
	add_to_installed_apps(name)
	frappe.get_doc("Portal Settings", "Portal Settings").sync_menu()
	if set_as_patched:
		set_all_patches_as_completed(name)

	for after_install in hooks.after_install or []:
		frappe.get_attr(after_install)()
	for fn in frappe.get_hooks("after_app_install"):
		frappe.get_attr(fn)(name)

	sync_jobs()
	sync_fixtures(name)
	sync_customizations(name)
	sync_dashboards(name)
	for after_sync in hooks.after_sync or []:
		frappe.get_attr(after_sync)()

	frappe.clear_cache()
	frappe.client_cache.erase_persistent_caches()
	frappe.flags.in_install = False


def add_to_installed_apps(app_name, rebuild_website=True):
	_set_installed_apps([*frappe.get_installed_apps(), app_name])
	if frappe.flags.in_install:
		post_install(rebuild_website)


def remove_from_installed_apps(app_name):
	_set_installed_apps([app for app in frappe.get_installed_apps() if app != app_name])
	frappe.local.doc_events_hooks = None


def _set_installed_apps(apps):
	frappe.db.set_global("installed_apps", json.dumps(list(dict.fromkeys(apps))))
	frappe.db.commit()
	_clear_cache("__global")
	frappe.local.request_cache.clear()
	frappe.clear_cache()


def remove_app(app_name, dry_run=False, yes=False, no_backup=False, force=False):
	hooks = frappe.get_hooks(app_name=app_name)
	if app_name not in frappe.get_installed_apps() and not force:
		click.secho(f"App {app_name} not installed on site {frappe.local.site}", fg="yellow")
		return
	for app in frappe.get_installed_apps():
		if app_name in map(parse_app_name, frappe.get_hooks("required_apps", app_name=app)):
			click.secho(f"App {app_name} is a dependency of {app}. Uninstall {app} first.", fg="yellow")
			return
	if not (dry_run or yes) and not click.confirm(f"Remove {app_name} with all its doctypes and data?"):
		return

	frappe.flags.in_uninstall = True
	for before_uninstall in hooks.before_uninstall or []:
		frappe.get_attr(before_uninstall)()
	for fn in frappe.get_hooks("before_app_uninstall"):
		frappe.get_attr(fn)(app_name)

	modules = frappe.get_all("Module Def", filters={"app_name": app_name}, pluck="name")
	_delete_doctypes(_delete_modules(modules, dry_run=dry_run), dry_run=dry_run)
	if not dry_run:
		remove_from_installed_apps(app_name)
		frappe.db.commit()

	for after_uninstall in hooks.after_uninstall or []:
		frappe.get_attr(after_uninstall)()
	for fn in frappe.get_hooks("after_app_uninstall"):
		frappe.get_attr(fn)(app_name)
	frappe.flags.in_uninstall = False
	click.secho(f"Uninstalled app {app_name} from site {frappe.local.site}", fg="green")
