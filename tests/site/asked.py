"""What each test asks the database: a second kind of database need not be asked the same as often.

`make test` runs every site test on MariaDB, and then on SQLite so many of them that each function of the app asks there,
too, in each way of its own that it asked MariaDB in any test, and each way in which the host's lists were asked. The others
would put the same questions to it once more; `make check` does, before every commit. What did not pass, or was skipped, on MariaDB runs on SQLite in any case.
"""

import heapq
import json
import os
import re
import sys
from functools import cache
from pathlib import Path

OURS = str(Path(__file__).parents[2] / "keep_customers") + os.sep
# What is asked in these is the host's own wording, whatever document it is about.
HOSTS = (
	"/model/base_document.py", "/model/delete_doc.py", "/model/document.py", "/model/meta.py", "/model/naming.py",
	"/model/rename_doc.py", "/frappe/permissions.py", "/frappe/share.py",
)  # fmt: skip
# These ask what they are told to, in few wordings, which are the host's as well: each is asked once, whoever has it asked.
HOSTS_LISTS = ("/frappe/database/database.py", "/model/db_query.py", "/model/qb_query.py")
# By these words a question is another one to a database; which table and which column it is about matters little.
WORDS = re.compile(
	r"\b(?:(?:distinct|union|over|partition|group by|having|limit|offset|for update|like|between|exists|case|join|insert|"
	r"update|delete|ignore|duplicate key|conflict|interval|is null|is not null|order by|recursive|locked|values|select)\b"
	r"|[a-z_]+(?=\())|\|\||<=>",
	re.I,
)
SEVERAL = re.compile(r"'(?:[^'\\]|\\.|'')*'|`[^`]*`")  # values and names hold words, too
BEGIN = 300  # what a test costs before it asks anything, in questions


class Asked:
	"""Writes down, test by test, which functions of ours ask in which ways."""

	def __init__(self, folder, worker):
		self.file = Path(folder, f"{worker}.json")
		self.now, self.number, self.tests, self.ways = set(), 0, {}, {}
		from frappe.database.database import Database

		sql, self.restore = Database.sql, lambda: setattr(Database, "sql", Database.sql.__wrapped__)

		def noted(db, query, *arguments, **options):
			self.number += 1
			if whose := _asker(sys._getframe(1)):
				self.now.add((whose, self._way(str(query))))
			return sql(db, query, *arguments, **options)

		noted.__wrapped__ = sql
		Database.sql = noted

	def _way(self, query):
		way = self.ways.get(query)
		if way is None:
			if len(self.ways) > 20_000:
				self.ways.clear()
			way = self.ways[query] = way_of(query)
		return way

	def begin(self):
		self.now, self.number = set(), 0

	def passed(self, test):
		self.tests[test] = self.number, sorted(" ".join(one) for one in self.now)

	def end(self):
		self.restore()
		self.file.write_text(json.dumps(self.tests))


def way_of(query):
	return " ".join(sorted({word.lower() for word in WORDS.findall(SEVERAL.sub("?", query))}))


def _asker(frame):
	"""The function of ours that asks in its own words, or the host's list that any of them has asked; None where none does."""
	while frame:
		whose = _whose(frame.f_code)
		if whose is not None:
			return whose
		frame = frame.f_back
	return None


@cache
def _whose(code):
	path = code.co_filename
	if path.endswith(HOSTS):
		return ""
	if path.endswith(HOSTS_LISTS):
		return "a list of the host's"
	if path.startswith(OURS):
		return f"{path.removeprefix(OURS)}:{code.co_firstlineno}"
	return None


def left_out(folder, tests):
	"""
	:param folder: where those who ran them on another database wrote down what they asked
	:param tests: Test items of pytest
	:returns: the ids of those that need not be run
	"""
	asked = {}
	for file in sorted(Path(folder).glob("*.json")):
		asked |= json.loads(file.read_text())
	# Each by itself, as each passes alone: also where several share what is dear to begin with.
	known = {test.nodeid: asked[test.nodeid] for test in tests if test.nodeid in asked}
	covered = cover(
		{test: set(questions) for test, (_number, questions) in known.items()},
		{test: BEGIN + number for test, (number, _questions) in known.items()},
	)
	return known.keys() - covered


def cover(asked, costs):
	"""
	So many that together they ask everything; each time the one that asks most for its cost that nobody asks yet.

	:param asked: name -> set of questions
	:param costs: name -> number above zero
	"""

	def worth(name):
		return -len(asked[name] - done) / costs[name], name

	done, chosen = set(), set()
	heap = [worth(name) for name in asked]
	heapq.heapify(heap)
	while heap and heap[0][0]:
		_, name = heapq.heappop(heap)
		now = worth(name)
		if heap and now > heap[0]:  # others have asked some of it since
			heapq.heappush(heap, now)
		elif now[0]:
			chosen.add(name)
			done |= asked[name]
	return chosen
