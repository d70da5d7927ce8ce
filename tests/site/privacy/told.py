"""Wilhelmine, of whom everything is written everywhere, and where a word of her still stands afterwards."""

import time
from pathlib import Path

import frappe

from keep_customers.privacy import places
from tests.site.erp.matrix.papers import Papers
from tests.site.mail import contact
from tests.site.story import PREFIX, _tree

FIRST, LAST = "Wilhelmine", "Zyxelbaum"
NAME, EMAIL, PHONE = f"{FIRST} {LAST}", "wilma@zyxelbaum.example", "+49 170 5551234"
OTHERWISE = "0170/555 12-34"  # the same number
STEM, REGION, REP = "Vqz", f"{PREFIX} North", "nora@keep-test.example"


class Everything(Papers):
	"""A document of every kind about one customer; in every text stands a word of its own, and who it is about."""

	def hosts_people(self):
		self.begun = time.time()
		super().hosts_people()
		made = contact(self.customer, first_name=FIRST, last_name=LAST, email=EMAIL, mobile=PHONE)
		self.names["Contact"] = made.name

	def paper(self, doctype, **values):
		# It is done: what is still to be done keeps its words.
		super().paper(doctype, **values | ({"status": "Done"} if doctype == "Follow Up" else {}))

	def value(self, field):
		value = super().value(field)
		if field.fieldname in places.KEYS.get(field.parent, ()):
			return value
		if not isinstance(value, str) or value not in self.words or places.of_the_firm(field):
			return EMAIL if field.options == "Email" else PHONE if field.options == "Phone" else value
		return f"{value} {NAME}, {EMAIL}, {OTHERWISE}"[: field.length or 140]


def everything(story, rep=REP):
	for doctype in ("Customer Group", "Territory"):
		_tree(doctype, REGION)
	return Everything(story, STEM, 730_000, REGION, rep)


def where(*words, since):
	"""The places, tables with their columns or files, in which words stand, whatever their case -> which of them.

	:param since: files before are of other tests, whose rows are gone
	"""
	wanted, found = {word.lower(): word for word in words}, {}
	# All planted words begin alike: most tables are done with at once.
	begins = {STEM.lower() if word.startswith(STEM.lower()) else word for word in wanted}
	frappe.db.commit()
	# On 15 the host lists tables of the database's own, too.
	for table in {one for one in frappe.db.get_tables(cached=False) if one.startswith(("tab", "__"))}:
		text = repr(frappe.db.sql(f"select * from `{table}`")).lower()
		if not any(word in text for word in begins):
			continue
		for row in frappe.db.sql(f"select * from `{table}`", as_dict=True):
			for column, value in row.items():
				text = str(value).lower() if value else ""
				if here := {wanted[word] for word in wanted if word in text}:
					found.setdefault(f"{table}.{column}", set()).update(here)
	for folder in ("private", "public"):
		for file in Path(frappe.get_site_path(folder)).rglob("*"):
			if file.is_file() and file.stat().st_mtime >= since:
				text = f"{file.name} {file.read_bytes().decode(errors='replace')}".lower()
				if here := {wanted[word] for word in wanted if word in text}:
					found[str(file)] = here
	return found
