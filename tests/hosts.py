"""The page docs/hosts.md: what of the tests was run on which host, made of what pytest wrote there.

	pytest tests/site --junitxml=genuine16.xml                          (on each genuine host)
	KEEP_TEST_REPORTS=/some/folder make test                            (in the sandbox: site-sqlite.xml, site-mariadb.xml)
	KEEP_TEST_REPORTS=/some/folder make test-postgres                   (site-postgres.xml)
	python -m tests.hosts "ERPNext 16.17 on MariaDB=genuine16.xml" …    (> docs/hosts.md)

A host may have several files; of a test that was run twice there the last one counts.
"""

import sys
import xml.etree.ElementTree as xml
from collections import Counter, defaultdict

PASSED, SKIPPED, FAILED = "passed", "skipped", "failed"
HEAD = """# The hosts

How the tests went on each host; made by `python -m tests.hosts` from what pytest wrote there. The two genuine ones are the
references, the sandbox is what CI and newcomers have (see [sandbox/README.md](../sandbox/README.md)). On the genuine ones each
folder was run in a process of its own, within two days, and what was changed meanwhile once more; the last run counts.
PostgreSQL is tried in the sandbox only, by hand (`make test-postgres`); Frappe's own back end for it has faults that the sandbox mends
and a genuine site may have, see [there](../sandbox/README.md#postgresql).
"""
WHEN = """
The last of these runs was on {}; tests that were written since are in no figure.
"""


def read(paths: list[str]) -> dict[tuple[str, str], tuple[str, str]]:
	"""(file, test) -> how it went and why."""
	found = {}
	for path in paths:
		for case in xml.parse(path).iter("testcase"):
			result, why = PASSED, ""
			for child in case:
				if child.tag == SKIPPED:
					result, why = SKIPPED, child.get("message", "")
				elif child.tag in ("failure", "error"):
					result, why = FAILED, child.get("message", "").splitlines()[0][:120]
			parts = case.get("classname", "").split(".")
			file = "/".join(parts[parts.index("tests") :] if "tests" in parts else parts) + ".py"
			found[file, case.get("name")] = result, why
	return found


def last_run(paths: list[str]) -> str:
	"""The day on which the last of the files was written, as pytest notes it; nothing where it does not."""
	moments = [suite.get("timestamp", "") for path in paths for suite in xml.parse(path).iter("testsuite")]
	return max(moments, default="")[:10]


def page(hosts: dict[str, dict], day: str = "") -> str:
	"""The page in Markdown.

	:param hosts: name -> as :func:`read` gives it
	:param day: of the last run
	"""
	rooms = sorted({_room(file) for found in hosts.values() for file, _test in found})
	lines = [HEAD + (WHEN.format(day) if day else ""), _row(["", *hosts]), _row(["---"] * (len(hosts) + 1))]
	for room in rooms:
		lines.append(_row([f"`{room}`", *(_numbers(found, room) for found in hosts.values())]))
	lines.append(_row(["all", *(_numbers(found) for found in hosts.values())]))
	lines.append("\nPassed; skipped and failed where there are any.\n\n## Skipped, and why\n")
	for name, found in hosts.items():
		reasons = Counter(why for result, why in found.values() if result == SKIPPED)
		lines += [f"- {name}: {number} × {why}" for why, number in sorted(reasons.items())]
	failed = defaultdict(list)
	for name, found in hosts.items():
		for (file, test), (result, why) in sorted(found.items()):
			if result == FAILED:
				failed[name].append(f"- {name}: `{file}::{test}`: {why}")
	if failed:
		lines.append("\n## Failed\n")
		lines += [line for name in failed for line in failed[name]]
	return "\n".join(lines) + "\n"


def _room(file: str) -> str:
	"""tests/site/care/test_x.py -> site/care."""
	return "/".join(file.split("/")[1:3]) if file.count("/") > 2 else file.split("/")[1]


def _numbers(found: dict, room: str | None = None) -> str:
	counts = Counter(
		result for (file, _test), (result, _why) in found.items() if room is None or _room(file) == room
	)
	if not counts:
		return "not run"
	more = [f"{counts[one]} {one}" for one in (SKIPPED, FAILED) if counts[one]]
	return ", ".join([str(counts[PASSED]), *more])


def _row(cells: list[str]) -> str:
	return "| {} |".format(" | ".join(cells))


def main(arguments: list[str]) -> str:
	hosts: dict[str, list[str]] = defaultdict(list)
	for one in arguments:
		name, path = one.rsplit("=", 1)
		hosts[name].append(path)
	day = last_run([path for paths in hosts.values() for path in paths])
	return page({name: read(paths) for name, paths in hosts.items()}, day)


if __name__ == "__main__":
	sys.stdout.write(main(sys.argv[1:]))
