"""Whether what the app needs at run time has a known vulnerability, as PyPI's own advisories say.

	python -m sandbox.audit

The versions are those that are installed beside it, which are the newest that pyproject.toml admits. They are the advisories
that pip-audit reads by default, without its forty packages. A vulnerability is an error; that nobody answers, as behind a
mirror that has only files, is none: it is said, and the next machine asks again.
"""

import json
import os
import re
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
INDEX = os.environ.get("KEEP_AUDIT_INDEX", "https://pypi.org")
SECONDS = 5


def needed() -> dict[str, str]:
	"""Package -> installed version, of pyproject.toml's dependencies and of theirs."""
	[block] = re.findall(r"^dependencies = \[(.*?)^\]", PYPROJECT.read_text(encoding="utf-8"), re.M | re.S)
	left, found = re.findall(r'^\s*"([\w.-]+)', block, re.M), {}
	while left:
		name = left.pop()
		try:
			package = metadata.distribution(name)
		except metadata.PackageNotFoundError:
			continue
		if found.setdefault(name.lower(), package.version) and len(found) < 100:
			of_it = [re.match(r"[\w.-]+", one)[0] for one in package.requires or () if "extra ==" not in one]
			left += [one for one in of_it if one.lower() not in found]
	return found


def known(name: str, version: str) -> list[str] | None:
	"""Advisories that are not withdrawn, in a line each; None if nobody answers."""
	try:
		with urllib.request.urlopen(f"{INDEX}/pypi/{name}/{version}/json", timeout=SECONDS) as answer:
			said = json.load(answer)["vulnerabilities"]
	except (OSError, ValueError, KeyError, TypeError):
		return None
	return [
		f"{name} {version}: {one['id']} {one.get('summary') or (one.get('details') or '')[:150]}"
		f" (mended in {', '.join(one.get('fixed_in') or ['no version yet'])})"
		for one in said
		if not one.get("withdrawn")
	]


def main() -> int:
	packages = needed()
	with ThreadPoolExecutor(8) as pool:
		answers = dict(zip(packages, pool.map(known, packages, packages.values()), strict=True))
	found = [line for lines in answers.values() for line in lines or ()]
	silent = sorted(name for name, lines in answers.items() if lines is None)
	print(*found, sep="\n", end="\n" if found else "")
	print(f"audit: {len(answers) - len(silent)} packages asked about, {len(found)} advisories", end="")
	print(f"; no answer about {', '.join(silent)}" if silent else "")
	return bool(found)


if __name__ == "__main__":
	sys.exit(main())
