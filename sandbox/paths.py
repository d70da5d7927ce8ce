"""Where things lie. Everything the sandbox makes is below .sandbox/ in the repository."""

import os
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
SOURCE = REPO / "sandbox"
HOME = Path(os.environ.get("SANDBOX_HOME") or REPO / ".sandbox").resolve()
DOWNLOADS = HOME / "downloads"
VENV = HOME / "venv"
PYTHON = VENV / "bin" / "python"
HOST = HOME / "host"  # the renamed Frappe
STANDIN = HOME / "apps" / "erpnext"  # the stand-in ERPNext, generated
SITES = HOME / "sites"
LOGS = HOME / "logs"
TEMPLATES = HOME / "templates"  # prepared databases
MARIADB = HOME / "mariadb"
POSTGRES = HOME / "postgres"
APPS = ["frappe", "erpnext", "keep_customers"]
