"""Has all that a command starts run as if it were another day (SANDBOX_DAY=2027-01-01), at the same time of day: tests hold on any.

By a library before libc's clock, and not faketime's, which stops who waits for a thread.
"""

import os
import subprocess
import sys
from datetime import date, datetime, timezone
from pathlib import Path

from . import paths, services

SOURCE = Path(__file__).with_suffix(".c")


def begin() -> None:
	"""Nothing where no day is said."""
	said = os.environ.get("SANDBOX_DAY")
	if not said:
		return
	try:
		day = date.fromisoformat(said)
	except ValueError:
		sys.exit("sandbox: SANDBOX_DAY is a day, as 2027-01-01")
	if not sys.platform.startswith("linux"):
		sys.exit("sandbox: SANDBOX_DAY needs Linux")
	library = paths.HOME / "another_day.so"
	paths.LOGS.mkdir(parents=True, exist_ok=True)
	subprocess.run([services.need("gcc"), "-O2", "-shared", "-fPIC", "-o", library, SOURCE], check=True)
	days = (day - datetime.now(timezone.utc).date()).days
	os.environ |= {"LD_PRELOAD": str(library), "SANDBOX_LATER": str(days * 24 * 60 * 60)}
	print(f"sandbox: as if it were {day}", flush=True)
