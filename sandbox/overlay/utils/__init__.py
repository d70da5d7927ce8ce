# Replaces functions of the same name in frappe/utils/__init__.py.


class cached_property(functools.cached_property):
	# Up to Python 3.11 each has a lock for all objects: two threads that read two of them, one from within the other, in
	# another order, wait for each other for ever. From 3.12 on it is as here.
	def __get__(self, instance, owner=None):
		if instance is None:
			return self
		known = instance.__dict__
		if self.attrname not in known:
			known[self.attrname] = self.func(instance)
		return known[self.attrname]


def get_bench_path():
	return os.environ.get("FRAPPE_BENCH_ROOT") or os.path.dirname(frappe.local.sites_path)


def get_sites(sites_path=None):
	sites_path = sites_path or frappe.local.sites_path
	return [s for s in os.listdir(sites_path) if os.path.exists(f"{sites_path}/{s}/site_config.json")]
