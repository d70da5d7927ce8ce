# Replaces functions of the same name in frappe/utils/__init__.py.


def get_bench_path():
	return os.environ.get("FRAPPE_BENCH_ROOT") or os.path.dirname(frappe.local.sites_path)


def get_sites(sites_path=None):
	sites_path = sites_path or frappe.local.sites_path
	return [s for s in os.listdir(sites_path) if os.path.exists(f"{sites_path}/{s}/site_config.json")]
