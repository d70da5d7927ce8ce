# Replaces functions of the same name in frappe/__init__.py: several sites, several apps.
__version__ = "16.0.0-dev"


def _locate_site(site, sites_path):
	# FRAPPE_SITE stands in for the site that workers, the web server and the scheduler do not pass on.
	local.sites_path = local.app_path = os.path.abspath(sites_path or os.environ.get("SITES_PATH") or ".")
	local.site = site or os.environ.get("FRAPPE_SITE") or ""
	local.site_path = os.path.join(local.sites_path, local.site)


class init_site:
	def __enter__(self):
		init(self.site)
		return local


def get_site_name():
	return local.site


def get_site_path(*joins):
	return os.path.join(local.site_path, *joins)


def get_app_path(app_name, *joins):
	return get_pymodule_path(app_name, *joins)


def get_app_source_path(app_name, *joins):
	return get_app_path(app_name, "..", *joins)


def get_all_apps(with_internal_apps=True, sites_path=None):
	apps = get_file_items(os.path.join(sites_path or local.sites_path, "apps.txt"), raise_not_found=True)
	return ["frappe", *(app for app in apps if app != "frappe")] if with_internal_apps else apps


@request_cache
def get_installed_apps(*, _ensure_on_bench=False):
	if getattr(flags, "in_install_db", True):
		return []
	if not db:
		connect()
	return json.loads(db.get_global("installed_apps") or "[]")


def _load_app_hooks(app_name=None):
	import types

	hooks = {}
	for app in [app_name] if app_name else get_installed_apps():
		for key, value in inspect.getmembers(get_module(f"{app}.hooks")):
			if not key.startswith("_") and not isinstance(value, types.ModuleType | types.FunctionType | type):
				append_hook(hooks, key, value)
	return hooks


def get_hooks(hook=None, default="_KEEP_DEFAULT_LIST", app_name=None):
	if app_name:
		hooks = _load_app_hooks(app_name)
	elif local.conf.developer_mode:
		hooks = _request_cached_load_app_hooks()
	else:
		hooks = client_cache.get_value("app_hooks")
		if hooks is None:
			hooks = _load_app_hooks()
			client_cache.set_value("app_hooks", hooks)
	if hook:
		return hooks.get(hook, [] if default == "_KEEP_DEFAULT_LIST" else default)
	return _dict(hooks)


def setup_module_map(include_all_apps=True):
	local.app_modules = {app: [scrub(m) for m in get_module_list(app)] for app in get_all_apps()}
	local.module_app = {module: app for app, modules in local.app_modules.items() for module in modules}


@request_cache
def is_setup_complete():
	# The original asks for a table of System Settings, which is a Single and has none.
	return bool(cint(db.get_single_value("System Settings", "setup_complete")))
