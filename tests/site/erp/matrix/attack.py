"""An attacker goes from door to door; what is found is what should not have been."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

import frappe

from tests.site.erp.matrix import doors
from tests.site.erp.matrix.doors import METHOD, Ask
from tests.site.erp.matrix.papers import ABOUT_CUSTOMER, OF_THE_FIRM, parents
from tests.site.erp.matrix.world import NUMBER, STEM, changes, picture, put_back
from tests.site.web import Browser

STAFF = ("rep", "service", "manager")
# Documents of the host's, and of the firm's, that staff may read as the host's roles say.
STAFFS_OWN = ("Contact", "Lead", "Sales Invoice", "Coupon Code", *OF_THE_FIRM)
# What differs from one answer to the next.
PASSING = re.compile(
	r'"(execution_time|last_synced_on|_server_messages|exc|csrf_token)": ?("(?:[^"\\]|\\.)*"|[\d.]+)'
)
PART = re.compile(r"[^\s,:{}\[\]]+")
WORD = re.compile(STEM + r"\d{4}", re.IGNORECASE)
AT_ONCE, IN_A_GO = 3, 48


class Attacker:
	def __init__(self, server, actor, user):
		self.actor, self.user, self.browser = actor, user, Browser(server, user)
		self.staff = actor in STAFF
		self.parents = parents()
		self.before = {}  # answers to who counts, from when there was no victim
		self.asked, self.found = set(), set()
		self.done = set()

	def send(self, ask: Ask):
		url = f"{self.browser.base}{ask.path}"
		return self.browser.http.request(url=url, timeout=60, allow_redirects=False, **ask.http())

	def all(self, asks):
		asks = list(self.worth_asking(asks))
		frappe.db.rollback()  # what was read of roles is no longer so once the server has written
		with ThreadPoolExecutor(AT_ONCE) as pool:
			return list(zip(asks, pool.map(self.send, asks), strict=True))

	def worth_asking(self, asks):
		"""A guest is refused by a method whatever it is asked about: once is enough. Staff whose roles do not let them
		read a doctype are as the portal's user there, who tries all doors."""
		refused = set()
		for ask in asks:
			name = ask.path.removeprefix(METHOD)
			of_ours_or_hosts = name != ask.path and "." in name
			if not self.user and of_ours_or_hosts and frappe.get_attr(name) not in frappe.guest_methods:
				if name in refused:
					continue
				refused.add(name)
			if not (self.staff and self.has_no_role(self.parents.get(ask.about, ask.about))):
				yield ask

	def has_no_role(self, doctype):
		of_doctype = doctype in ABOUT_CUSTOMER or doctype in OF_THE_FIRM
		return of_doctype and not frappe.permissions.get_role_permissions(doctype, user=self.user).get("read")

	def count(self, papers):
		self.before = {str(ask): same(answer) for ask, answer in self.all(doors.counted(papers))}

	def read_once(self, world):
		"""Two tests look at what comes of it, whichever is first."""
		if "read" not in self.done:
			self.done.add("read")
			self.read(world)

	def write_once(self, world, kept):
		if "written" not in self.done:
			self.done.add("written")
			self.write(world, kept)

	def read(self, world):
		assert self.before, "nothing to compare with"
		for ask, answer in self.all(doors.read(world.victim)):
			self.asked.add(self.key(ask))
			if not self.tells(ask, answer, world) and self.before.get(str(ask), same(answer)) != same(answer):
				self.find(ask, f"counts it: {self.before[str(ask)][:150]} → {same(answer)[:150]}")

	def write(self, world, kept):
		asks = list(self.worth_asking(doors.written(world, self.user or "Guest", self.staff)))
		self.asked |= {self.key(ask) for ask in asks}
		for first in range(0, len(asks), IN_A_GO):
			self.try_to_change(asks[first : first + IN_A_GO], world, kept)

	def try_to_change(self, asks, world, kept):
		"""Ask, see what is changed, put it back, and halve until it is known by what."""
		for ask in asks:
			self.tells(ask, self.send(ask), world)
		what = self.what_changed(kept)
		if not what:
			return False
		half = len(asks) // 2
		parts = [self.try_to_change(part, world, kept) for part in (asks[:half], asks[half:]) if half]
		if not any(parts):
			self.find(asks[-1], f"changes {what}" + f", with {len(asks) - 1} before it" * (len(asks) > 1))
		return True

	def what_changed(self, kept):
		"""Whose rows are not what they were: the victim's, what says something of the victim; of who is not staff, any."""
		now = picture()
		rows = changes(kept, now)
		put_back(kept, rows)
		ours = [
			one
			for one in rows
			if not self.staff or STEM in f"{kept[one[0]].get(one[1])} {now[one[0]].get(one[1])}"
		]
		return ", ".join(
			sorted({f"{doctype} ({', '.join(fields(kept, now, doctype, name))})" for doctype, name in ours})
		)

	def tells(self, ask, answer, world):
		"""What an answer says of the victim that the question did not."""
		said = f"{answer.headers} {answer.text}"
		asked = {one.lower() for one in WORD.findall(unquote(ask.path) + json.dumps(ask.sent, default=str))}
		fields = {world.victim.said(word) for word in {one.lower() for one in WORD.findall(said)} - asked}
		what = {
			f"{doctype}.{field}"
			for doctype, field in fields
			if not self.staff or doctype not in STAFFS_OWN or field in OF_THE_FIRM.get(doctype, ())
		}
		if numbers := NUMBER.findall(said):
			what.add(f"amounts such as {numbers[0]}")
		if what:
			self.find(ask, f"tells {', '.join(sorted(what))}")
		return what

	def key(self, ask):
		return f"{self.actor} · {ask}"

	def find(self, ask, what):
		self.found.add(f"{self.key(ask)}: {what}")

	# Of one's own

	def shown(self, world) -> set[str]:
		"""The words that are told to who may know them."""
		asks = [ask for ask in doors.read(world.victim) if ask.door in ("list", "read")]
		return {word for _ask, answer in self.all(asks) for word in WORD.findall(answer.text)} & {
			*world.victim.words
		}

	def cannot_save(self, world) -> list[str]:
		"""Own documents that this one may write and cannot: what is refused of others proves nothing."""
		failed = []
		for doctype in ABOUT_CUSTOMER:
			if frappe.permissions.get_role_permissions(doctype, user=self.user).get("write"):
				own = {"doctype": doctype, "name": world.own.names[doctype], "text": doors.text_of(doctype)}
				put = [one for one in doors.WRITES if one[0] == "put"]
				failed += [
					one.text
					for one in map(self.send, doors.through(put, doctype, **own))
					if one.status_code != 200
				]
		return failed


def same(answer):
	"""What it comes to; in which order a database counts is its own affair."""
	return " ".join((str(answer.status_code), *sorted(PART.findall(PASSING.sub("", answer.text)))))


def fields(before, now, doctype, name):
	"""In what a row is not what it was."""
	was, is_now = before[doctype].get(name), now[doctype].get(name)
	return (
		[field for field in was if was[field] != is_now[field]]
		if was and is_now
		else ["new" if is_now else "gone"]
	)
