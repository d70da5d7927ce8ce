"""One customer of whom every text is an attack, and what tells that one of them has run.

All is written past the document life, for there are ways around the host's cleaning: it leaves alone what reads as JSON.
"""

import frappe

from tests.site.erp.matrix.papers import Papers
from tests.site.story import ITEM, PREFIX, _tree, _user

STEM = "Xss"
# The host refuses < and > in names, and nothing else.
ODD = "Odd'\"{{7*7}}${7*7}"
REGION = f"{PREFIX} {ODD}"
REP = "xss@keep-test.example"
ROLES = (
	"System Manager", "Sales Manager", "Sales User", "Keep Customers Manager", "Support Team", "Accounts Manager", "Sales Master Manager",
)  # fmt: skip
NAMES = {("Tag Link", "tag")}  # of another document, which the host makes of what was typed
# The host makes their names of these, so they come in afterwards.
NAMED_BY_IT = {
	"Contact": ("first_name", "full_name"),
	"Lead": ("first_name", "lead_name"),
	"File": ("file_name",),
}
# Where the host shows what is stored as it is, having cleaned it before (see harmless in erp/texts.py): none of it is ours.
HOSTS = (
	".grid-body, .list-row-container, .dt-cell, .timeline-item, .ql-editor, .print-format, [data-fieldtype='Text Editor'],"
	" .frappe-card .like-disabled-input"
)
# Words that have run; those whose script stands in the page, and whether it is the host who shows it; what else is wrong.
LOOK = """(hosts) => {
	const ran = [...new Set(window.__xss || [])], alive = {}, wrong = [];
	window.__xss = [];
	for (const one of document.querySelectorAll("[onerror*=__xss], [onload*=__xss]"))
		for (const [word] of one.outerHTML.matchAll(/Xss\\d{4}/g))
			alive[word] = alive[word] !== false && Boolean(hosts && one.closest(hosts));
	for (const [made] of document.body.innerText.matchAll(/Xss\\d{4}49|Odd'"49/g)) wrong.push(`works out ${made}`);
	for (const link of document.querySelectorAll("[href], [src], [action], [formaction]"))
		for (const name of ["href", "src", "action", "formaction"])
			if (/^[\\s\\x00-\\x20]*(javascript|data:text):?/i.test(link.getAttribute(name) || "") && /Xss/.test(link.outerHTML))
				wrong.push(`leads to ${link.outerHTML.slice(0, 150)}`);
	return { ran, alive, wrong };
}"""


def attack(word, line=False):
	"""Ends an attribute and a text, whichever quotes are around, brings three kinds of scripts, and a template.

	:param line: where MariaDB holds 140 letters: one kind of script
	"""
	run = f"(window.__xss=window.__xss||[]).push(`{word}`)"
	if line and frappe.db.db_type != "sqlite":
		return f"{word}{{{{7*7}}}}'\"><img src=x onerror={run}>"
	return f"{word}{{{{7*7}}}}'\"><img src=x onerror={run}><svg onload={run}></textarea></script><script>{run}</script>"


class Planted(Papers):
	def __init__(self, *about):
		self.planted = {}  # word -> where it stands
		super().__init__(*about)

	def word(self, doctype, field):
		word = super().word(doctype, field)
		if field == "name" or (doctype, field) in NAMES:
			return word.replace("Plain", STEM)
		if doctype in NAMED_BY_IT:
			return word
		self.count += 1
		word = f"{STEM}{self.count:04d}"
		self.planted[word] = f"{doctype}.{field}"
		kind = frappe.get_meta(doctype).get_field(field)
		return attack(word, line=not kind or "Text" not in kind.fieldtype)

	def value(self, field):
		if field.options in ("Email", "Phone"):
			return f"xss{self.count}@keep-test.example" if field.options == "Email" else "+49 170 5550"
		if field.options == "URL" or field.fieldname in ("website", "link", "url"):
			return f"javascript:(window.__xss=window.__xss||[]).push('{STEM}')"
		return super().value(field)


def plant(story):
	"""The papers, and somebody who may see all of it."""
	_tree("Customer Group", REGION)
	_tree("Territory", REGION)
	_user(REP, [])
	frappe.get_doc("User", REP).add_roles(*ROLES)
	papers = Planted(story, STEM, 500_000, REGION, REP)
	for number, (doctype, fields) in enumerate(NAMED_BY_IT.items()):
		said = {field: attack(f"{STEM}80{number}{place}", line=True) for place, field in enumerate(fields)}
		frappe.db.set_value(doctype, papers.names[doctype], said)
	frappe.db.set_value("Item", ITEM, "item_name", attack(f"{STEM}9003", line=True))
	frappe.db.set_value("Customer Tier", "Platinum", "strategy", attack(f"{STEM}9004"))
	frappe.clear_cache()
	frappe.db.commit()
	return papers
