"""Runs the tests: which, on which databases, what beside what; and says at the end what ran."""

import os
import resource
import shutil
import subprocess
import tempfile
import time
import xml.etree.ElementTree as xml
from functools import partial
from pathlib import Path

from . import layers, paths, services

FOLDERS = ("unit", "site", "browser")
# Options of pytest whose value is the next argument: it is no path, even if there is one of its name.
WITH_VALUE = (
	"-k", "-m", "-p", "-n", "-c", "-o", "-W", "-r", "--tb", "--deselect", "--ignore", "--maxfail", "--durations",
)  # fmt: skip
# With these the tests run one by one, in sight.
IN_SIGHT = ("-n", "-s", "--capture=no", "--pdb", "--trace", "--co")
NONE_CHOSEN = 5  # pytest's exit code


class Part:
	"""Commands that belong together, and what came of them."""

	def __init__(self, name, folder=None, db=None):
		self.name, self.folder, self.db = name, folder, db
		self.code, self.seconds, self.cases, self.output, self.left = 0, 0.0, [], "", 0

	def run(self, *command, shown, env=None, nice=0):
		"""
		:param shown: else what it prints is kept for later
		:param nice: how far it gives way to what else runs
		"""
		start = time.monotonic()
		if shown:
			print(f"\nsandbox: {self.name}", flush=True)
		done = subprocess.run(
			["nice", "-n", str(nice), *(str(word) for word in command)],
			cwd=paths.REPO,
			env=layers.environment(env or {}, ""),
			stdout=None if shown else subprocess.PIPE,
			stderr=None if shown else subprocess.STDOUT,
			text=True,
		)
		self.code = self.code or done.returncode
		self.seconds += time.monotonic() - start
		self.output += done.stdout or ""

	def pytest(self, *arguments, shown, env=None, nice=0):
		report = paths.LOGS / f"tests-{os.getpid()}-{self.folder}-{self.db}.xml"
		ours = ["-o", "junit_family=xunit1", f"--junitxml={report}"]
		self.run(paths.PYTHON, "-m", "pytest", *ours, *arguments, shown=shown, env=env, nice=nice)
		if self.code == NONE_CHOSEN:
			self.code = 0
		if report.exists():
			self.cases = [Case(self, element) for element in xml.parse(report).iter("testcase")]
			if kept := os.environ.get("KEEP_TEST_REPORTS"):
				Path(kept).mkdir(parents=True, exist_ok=True)
				shutil.copy(report, Path(kept) / f"{'-'.join(filter(None, (self.folder, self.db)))}.xml")
			report.unlink()

	def show(self):
		if self.output:
			print(f"\nsandbox: {self.name}\n{self.output}", flush=True)

	def count(self, result):
		return sum(case.result == result for case in self.cases)


class Case:
	def __init__(self, part, element):
		self.part, self.seconds = part, float(element.get("time") or 0)
		self.name = f"{element.get('file')}::{element.get('name')}"
		tags = {child.tag for child in element}
		self.result = (
			"failed" if tags & {"failure", "error"} else "skipped" if "skipped" in tags else "passed"
		)


def run(arguments, dbs, folders=FOLDERS, lint=(), also=None):
	"""
	:param arguments: for pytest, and paths of tests
	:param dbs: where no test is chosen and there are several, all run on the first, and on the others so many that these
		are asked the same (tests/site/asked.py); with KEEP_TEST_ALL set, all on each
	:param lint: commands that run as well where no tests were chosen
	:param also: name -> a command that runs beside the site tests, with what of the processor they leave
	"""
	start = time.monotonic()
	share = len(dbs) > 1 and not arguments and not os.environ.get("KEEP_TEST_ALL")
	paths_of, options = chosen(arguments)
	paths_of = {folder: found for folder, found in paths_of.items() if folder in folders}
	some = any("::" in path for found in paths_of.values() for path in found)
	by_word = any(option.startswith(("-k", "-m")) for option in options)
	if by_word:
		paths_of, some = _with_a_match(paths_of, options)
	in_sight = any(option.startswith(IN_SIGHT) for option in options)
	at_once = [] if in_sight or some else ["-n", layers.workers(), "--max-worker-restart=0"]
	parts = {}
	if lint and not arguments:
		parts["lint"] = Part("lint")
	for folder in paths_of:
		for db in {"unit": [None], "site": dbs, "browser": ["sqlite"]}[folder]:
			name = f"tests/{folder}" + (f" on {db}" if db else "")
			parts[folder, db] = Part(name, folder, db)
	others = {name: Part(name) for name in also or ()}
	parts |= others
	print(f"sandbox: {', '.join(part.name for part in parts.values()) or 'no test is chosen'}", flush=True)

	# A few, or without a core of their own: then side by side, and their output one after the other.
	alone = len(parts) == 1 or in_sight

	def check():
		for command in lint:
			parts["lint"].run(*command, shown=False)

	def unit():
		parts["unit", None].pytest(*at_once, *options, *paths_of["unit"], shown=alone)

	def site(db, shown):
		with layers.test_sites(db, at_once[1] if at_once else 1) as (env, sites):
			env = {**env, "KEEP_TEST_SITE": ",".join(sites), "KEEP_TEST_SITES_PATH": str(paths.SITES)}
			if share:
				env["KEEP_TEST_ASKED" if db == dbs[0] else "KEEP_TEST_ASKED_BEFORE"] = asked
			# The browser's tests wait for one page after the other, and would end last.
			nice = 5 if "browser" in paths_of else 0
			parts["site", db].pytest(*at_once, *options, *paths_of["site"], shown=shown, env=env, nice=nice)

	def browser():
		from .__main__ import web

		# A job of the host's asks the internet for each new user's picture, and waits for it where there is none.
		offline = {"https_proxy": "http://127.0.0.1:1"}
		with (
			layers.test_sites("sqlite") as (env, [site]),
			web({**env, **offline}, site, "worker_for_tests") as (url, _process),
		):
			more = {"KEEP_TEST_URL": url, "KEEP_TEST_PASSWORD": services.secret("admin")}
			more |= {"KEEP_TEST_BROWSER": os.environ.get("KEEP_TEST_BROWSER") or services.browser()}
			more |= {"KEEP_TEST_SITE": site, "KEEP_TEST_SITES_PATH": str(paths.SITES)}
			more["KEEP_TEST_AXE"] = str(paths.HOME / "node" / "node_modules" / "axe-core" / "axe.min.js")
			parts["browser", "sqlite"].pytest(
				*options, *paths_of["browser"], shown=alone, env={**env, **more}
			)

	beside = [check] if "lint" in parts else []
	if ("unit", None) in parts:
		beside.append(unit)
	layers.tests_ready({part.db for part in parts.values() if part.db}, "browser" in paths_of, beside)
	for part in parts.values():
		if part.folder in (None, "unit"):  # of what has not begun there is nothing yet
			part.show()
	with tempfile.TemporaryDirectory() as asked, layers.all_at_once() as do:
		if "browser" in paths_of:  # it waits more than it works
			do(browser)
		for name, part in others.items():
			do(partial(part.run, *also[name], shown=False, nice=10))
		for db in dbs if "site" in paths_of else ():
			if some and not in_sight:
				do(site, db, alone)
			else:
				site(db, shown=True)
				if share and db != dbs[0]:
					parts["site", db].left = len(parts["site", dbs[0]].cases) - len(parts["site", db].cases)
	for part in parts.values():
		if part.folder in ("site", "browser") or part in others.values():
			part.show()
	return _summary(list(parts.values()), start)


def chosen(arguments):
	"""The paths of tests that are asked for, by folder, and the other arguments."""
	found, others, before = {}, [], ""
	for argument in arguments:
		path = (paths.REPO / argument.split("::")[0]).resolve()
		if before in WITH_VALUE or argument.startswith("-") or not path.exists():
			others.append(argument)
		else:
			for folder in FOLDERS:
				home = paths.REPO / "tests" / folder
				if home in (path, *path.parents):
					found.setdefault(folder, []).append(argument)
				elif path in home.parents:
					found.setdefault(folder, []).append(f"tests/{folder}")
		before = argument
	return found or {folder: [f"tests/{folder}"] for folder in FOLDERS}, others


def _with_a_match(paths_of, options):
	"""The folders with tests that the options choose, and whether these are few; asked without any server."""
	layers.ready("sqlite")
	listed = []
	with layers.bare_site("sqlite") as (env, site):
		env = {**env, "KEEP_TEST_SITE": site, "KEEP_TEST_SITES_PATH": str(paths.SITES)}

		def collect(folder):
			part = Part(folder, folder)
			command = ["--collect-only", "-q", "-q", "--no-header", *options, *paths_of[folder]]
			part.run(paths.PYTHON, "-m", "pytest", *command, shown=False, env=env)
			listed.append((folder, part))

		with layers.all_at_once() as do:
			for folder in paths_of:
				do(collect, folder)
	for _folder, part in listed:
		if part.code not in (0, NONE_CHOSEN):
			part.show()
	matching = {folder for folder, part in listed if part.code != NONE_CHOSEN}
	number = sum(
		int(line.rsplit(": ", 1)[1])
		for _f, part in listed
		for line in part.output.splitlines()
		if _counts(line)
	)
	return {folder: found for folder, found in paths_of.items() if folder in matching}, number <= 10


def _counts(line):
	"""With -qq pytest says `path: number`."""
	return line.startswith("tests/") and line.rsplit(": ", 1)[-1].isdigit()


def _summary(parts, start):
	print(f"\n{'':28}{'tests':>8}{'passed':>8}{'skipped':>8}{'failed':>8}{'seconds':>9}")
	for part in parts:
		numbers = [len(part.cases), *map(part.count, ("passed", "skipped", "failed"))]
		shown = "".join(f"{number:8}" for number in numbers) if part.folder else " " * 32
		# Pytest can fail without a failed test, as when a file cannot be read.
		print(f"{part.name:28}{shown}{part.seconds:9.1f}{'  FAILED' if part.code else ''}")
	for part in parts:
		if part.left:
			print(
				f"\n{part.left} more would ask {part.db} nothing else; they run with KEEP_TEST_ALL=1 or SANDBOX_DB={part.db}."
			)
	cases = [case for part in parts for case in part.cases]
	slowest = sorted(cases, key=lambda case: -case.seconds)[:10]
	if len(cases) > len(slowest):
		print("\nThe slowest:")
		for case in slowest:
			print(f"{case.seconds:7.1f} s  {case.name}{f' on {case.part.db}' if case.part.db else ''}")
	used = resource.getrusage(resource.RUSAGE_CHILDREN)
	took = time.monotonic() - start
	print(
		f"\n{took / 60:.1f} minutes, {(used.ru_utime + used.ru_stime) / 60:.1f} of them of a processor each"
	)
	totals = [sum(part.count(result) for part in parts) for result in ("passed", "failed", "skipped")]
	print("{} passed, {} failed, {} skipped".format(*totals), flush=True)
	if any(part.code for part in parts):
		return 1
	return 0 if cases else NONE_CHOSEN
