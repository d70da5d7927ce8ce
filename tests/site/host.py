"""What the tests run on."""

import importlib

# Whether ERPNext is itself, or the sandbox's stand-in for it.
GENUINE = "stand-in" not in (importlib.import_module("erpnext").__doc__ or "")
