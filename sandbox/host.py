"""Makes the Frappe host: PyPI's monoframe wheel, renamed back and patched.

Two ways to patch: PATCHES replaces a piece of text, overlay/ replaces whole functions and methods of the same name.
"""

import ast
import shutil
import zipfile

from . import paths

WHEEL = "monoframe==0.0.1"
WHEEL_SHA256 = "192e1430290ba868e515186a1e21bbdc7190a66fffbfaf35d5296bfca83a70ca"

# (file, text, replacement). Each text must be there: a different wheel fails loudly.
PATCHES = [
	# Several sites, as in a bench: frappe.init(site, sites_path).
	("__init__.py", "def init(force: bool = False)", "def init(site=None, sites_path=None, new_site=False, force=False)"),
	(
		"__init__.py",
		"\tlocal.app_path = os.getcwd()\n\tlocal.site_path = os.getcwd()\n",
		"\t_locate_site(site, sites_path)\n",
	),
	("__init__.py", 'False):\n\t\tinit()\n\n\tconf = local.conf', "False):\n\t\tinit(site)\n\n\tconf = local.conf"),
	("utils/background_jobs.py", "\t\tfrappe.init(force=True)", "\t\tfrappe.init(site, force=True)"),
	# Python 3.12 syntax.
	("desk/doctype/event/event.py", "\ttype EventLikeDict = Event", "\tEventLikeDict = Event"),
	# These modules do not exist in the wheel; nothing needs what they would do here.
	(
		"utils/install.py",
		"\tfrom frappe.tests.utils.generators import _clear_test_log\n\n\t_clear_test_log()\n",
		"",
	),
	# An index's name belongs to the whole database in SQLite: that of a second table was silently not made.
	(
		"database/sqlite/database.py",
		"INDEX IF NOT EXISTS `{index_name}`",
		"INDEX IF NOT EXISTS `{table_name}.{index_name}`",
	),
	(
		"database/sqlite/database.py",
		"INDEX IF NOT EXISTS `{constraint_name}`",
		"INDEX IF NOT EXISTS `{table_name}.{constraint_name}`",
	),
	# On Postgres it prints the whole stack at every error, also at those that are expected.
	("database/database.py", "\t\t\t\ttraceback.print_stack()\n\t\t\t\tfrappe.log(f\"Error in query:\\n{e}\")\n", ""),
	# Postgres, too, has an index's name for the whole database: of a second table's it made none, and it dropped the first's.
	*(
		("database/postgres/schema.py", old, new)
		for old, new in (
			('INDEX IF NOT EXISTS "{col.fieldname}"', 'INDEX IF NOT EXISTS "{self.index_of(col)}"'),
			('DROP INDEX IF EXISTS "{col.fieldname}"', 'DROP INDEX IF EXISTS "{self.index_of(col)}"'),
			("index_name=col.fieldname", "index_name=self.index_of(col)"),
			('"unique_{col.fieldname}"', '"unique_{self.index_of(col)}"'),
		)
	),
	# Postgres compares no day with an empty text, which "is set" does (frappe issue 41074), and sorts no single sum.
	(
		"database/query.py",
		'\t\tif (\n\t\t\tself.is_postgres and _operator.casefold() == "like"\n',
		"\t\tif self.is_postgres and (asked := _is_set(_field, _operator, _value)) is not None:\n\t\t\treturn asked\n\n"
		'\t\tif (\n\t\t\tself.is_postgres and _operator.casefold() == "like"\n',
	),
	(
		"database/query.py",
		"is_select and (distinct or group_by)",
		"is_select and (distinct or group_by or all(getattr(field, 'is_aggregate', None) for field in self.fields))",
	),
	(
		"model/db_query.py",
		'\t\t\t\tf.value = value = ""\n',
		'\t\t\t\tf.value = value = ""\n'
		'\t\t\t\tif frappe.db.db_type == "postgres" and df and frappe.db.type_map[df.fieldtype][0] in ("date", "timestamp", "time"):\n'
		"\t\t\t\t\treturn f\"{column_name} is {'not ' if f.operator == '!=' else ''}null\"\n",
	),
	# Where nothing is known it asks for 0, but for these for an empty text.
	(
		"database/query.py",
		'if fieldtype in ("Float", "Int", "Currency", "Percent", "Check"):\n\t\t\treturn "0"',
		'if fieldtype in ("Float", "Int", "Currency", "Percent", "Check", "Rating", "Duration", "Long Int"):\n\t\t\treturn "0"',
	),
	# As version 16 does: of an e-mail to two mailboxes it makes two.
	(
		"email/receive.py",
		'message_id=self.message_id, sent_or_received="Received", order_by',
		'message_id=self.message_id, email_account=self.email_account.name, sent_or_received="Received", order_by',
	),
	# To Postgres a socket is a folder, which nobody can call.
	(
		"utils/connections.py",
		'is_open("unix", None, None, db_socket)',
		'is_open("unix", None, None, db_socket + ("/.s.PGSQL.5432" if db_type == "postgres" else ""))',
	),
	# For every document and every query it asks Redis for the fields that are masked, also where the doctype has none: an
	# eleventh of a request.
	(
		"model/meta.py",
		'if frappe.session.user == "Administrator":\n\t\t\treturn []\n\t\tcache_key',
		'if frappe.session.user == "Administrator" or not any(df.get("mask") for df in self.fields):\n'
		"\t\t\treturn []\n\t\tcache_key",
	),
	# The sandbox's Redis has no port.
	(
		"utils/redis_wrapper.py",
		"class _TrackedConnection(redis.Connection)",
		"class _TrackedConnection(redis.UnixDomainSocketConnection)",
	),
	# It may not be there, see services.mysqlclient; and Debian's is older than the one it is written for.
	("app.py", "import frappe.database.mariadb.mysqlclient ", "# import frappe.database.mariadb.mysqlclient "),
	("database/mariadb/mysqlclient.py", '\t\t\t"multi_statements": False,\n', ""),
	("database/mariadb/mysqlclient.py", "self._cursor._rows = None", "self._cursor._rows = ()"),
	# The function for all sites is shadowed by the one for a site, so that the daemon never connects.
	(
		"utils/scheduler.py",
		"def enqueue_events() -> None:",
		"def enqueue_events_for_all_sites() -> None:",
	),
	("utils/scheduler.py", "(sleep_duration(tick))\n\t\tenqueue_events()", "(sleep_duration(tick))\n\t\tenqueue_events_for_all_sites()"),
	# Uploaded files lie in the site's folder.
	("app.py", 'os.path.join(os.getcwd(), "public", "files")', 'os.path.join(os.environ["FRAPPE_SITE"], "public", "files")'),
	# One line per progress bar and step would fill a log.
	(
		"utils/__init__.py",
		"def update_progress_bar(txt, i, l, absolute=False):\n",
		"def update_progress_bar(txt, i, l, absolute=False):\n\treturn\n",
	),
	# Desk: what is said of one app is said of each.
	("boot.py", 'for app_name in ["frappe"]:\n\t\tapps = frappe.get_hooks("add_to_apps_screen")',
		'for app_name in frappe.get_installed_apps():\n\t\tapps = frappe.get_hooks("add_to_apps_screen", app_name=app_name)'),
	("boot.py", 'frappe.get_hooks("app_title")', 'frappe.get_hooks("app_title", app_name=app_name)'),
	("boot.py", 'frappe.get_hooks("app_home")', 'frappe.get_hooks("app_home", app_name=app_name)'),
	("boot.py", 'frappe.get_hooks("app_logo_url")', 'frappe.get_hooks("app_logo_url", app_name=app_name)'),
	("boot.py", 'for app in ["frappe"]:', "for app in frappe.get_installed_apps():"),
	("apps.py", 'app_details = frappe.get_hooks("add_to_apps_screen")', 'app_details = frappe.get_hooks("add_to_apps_screen", app_name=app)'),
	("utils/change_log.py", "app_hooks = frappe.get_hooks()", "app_hooks = frappe.get_hooks(app_name=app)"),
	("utils/fixtures.py", 'frappe.get_hooks("fixture_auto_order")', 'frappe.get_hooks("fixture_auto_order", app_name=app)'),
	("utils/fixtures.py", 'frappe.get_hooks("fixtures")', 'frappe.get_hooks("fixtures", app_name=app)'),
	# It turns the types into texts, so that the browser's "0" stays a text, which is true: no link could be searched.
	("desk/search.py", "from __future__ import annotations\n", ""),
	# Frappe's own date picker is on GitHub only; npm's knows no seconds, and no form with a time would open.
	*(
		(
			f"public/js/frappe/form/controls/{control}.js",
			'timeFormat.indexOf("s") == -1',
			'timeFormat.indexOf("s") == -1 && this.datepicker.timepicker.$seconds',
		)
		for control in ("datetime", "time")
	),
]  # fmt: skip

_STUB = "class {0}(Exception):\n\tpass\n"
MODULES = {
	# Modules that the wheel moved; apps import them by their old names.
	"frappe/modules/__init__.py": "from frappe.model.module_utils import *\n",
	"frappe/modules/utils.py": "from frappe.model.module_utils import *\n",
	"frappe/modules/import_file.py": "from frappe.model.import_doc import *\n",
	"frappe/modules/export_file.py": "from frappe.model.export import *\n",
	# The same by its successor's name, which is published as a wheel.
	"pyqrcode.py": "from pyqrcodeng import create\n",
	# Google's client (100 MB) is imported by the calendar on every installation, and called by nobody here.
	"googleapiclient/__init__.py": "",
	"googleapiclient/discovery.py": _STUB.format("build"),
	"googleapiclient/errors.py": _STUB.format("HttpError"),
	"google/oauth2/credentials.py": _STUB.format("Credentials"),
}


def build(wheel):
	"""Fill paths.HOST from the wheel."""
	shutil.rmtree(paths.HOST, ignore_errors=True)
	root = paths.HOST / "frappe"
	with zipfile.ZipFile(wheel) as archive:
		for name in archive.namelist():
			if not name.startswith("monoframe/") or name.endswith("/"):
				continue
			target = paths.HOST / _rename(name)
			target.parent.mkdir(parents=True, exist_ok=True)
			target.write_bytes(_rename(archive.read(name)))
	for name, old, new in PATCHES:
		_edit(root / name, lambda text, name=name, old=old, new=new: _replace(text, old, new, name))
	for patch in sorted((paths.SOURCE / "overlay").rglob("*.py")):
		_edit(
			root / patch.relative_to(paths.SOURCE / "overlay"),
			lambda text, patch=patch: overlay(text, patch.read_text()),
		)
	images = root / "public" / "images"  # the wheel refers to a logo that it has under another name
	shutil.copy(images / "frappe-framework-logo.svg", images / "frappe-logo.svg")
	for name, text in MODULES.items():
		(paths.HOST / name).parent.mkdir(parents=True, exist_ok=True)
		(paths.HOST / name).write_text(text)


def _rename(text):
	for old, new in (("monoframe", "frappe"), ("Monoframe", "Frappe"), ("MONOFRAME", "FRAPPE")):
		text = text.replace(old, new) if isinstance(text, str) else text.replace(old.encode(), new.encode())
	return text


def _edit(path, change):
	path.write_text(change(path.read_text()))


def _replace(text, old, new, name):
	if old not in text:
		raise SystemExit(f"sandbox: the host has changed, {name} no longer contains {old!r}")
	return text.replace(old, new)


def overlay(text, patch):
	"""`text` with the functions, classes and variables of `patch` in place of its own of the same name.

	A class of the patch replaces the methods it names and leaves the others. What is new goes to the end.
	"""
	lines = text.splitlines(keepends=True)
	patch_lines = patch.splitlines(keepends=True)
	edits, new = [], []

	def merge(tree, patch_tree, end):
		own = {_name(node): node for node in tree if _name(node)}
		for node in patch_tree:
			source = "".join(patch_lines[_first(node) - 1 : node.end_lineno])
			twin = own.get(_name(node)) if _name(node) else None
			if isinstance(twin, ast.ClassDef):
				merge(twin.body, node.body, twin.end_lineno)
			elif twin:
				edits.append((_first(twin) - 1, twin.end_lineno, source))
			elif end:
				edits.append((end, end, "\n" + source))
			else:
				new.append("\n\n" + source)

	merge(ast.parse(text).body, ast.parse(patch).body, None)
	for start, end, source in sorted(edits, reverse=True):
		lines[start:end] = [source]
	return "".join(lines + new)


def _first(node):
	return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])


def _name(node):
	if isinstance(node, ast.FunctionDef | ast.ClassDef):
		return node.name
	if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
		return node.targets[0].id
