"""What installing the app adds to a site. It creates no ToDo and ranks nobody: the first night does.

Nobody's permission is asked: whoever may install the app decides what comes with it.
"""

import json
from pathlib import Path

import frappe
import frappe.translate
from frappe import _
from frappe.custom.doctype.property_setter.property_setter import make_property_setter
from frappe.utils import cint

from keep_customers.care import rules
from keep_customers.complaints import assignment_rules
from keep_customers.erp import host
from keep_customers.erp.language import site_language
from keep_customers.setup import desktop, onboarding, upgrade
from keep_customers.setup.confirm_contacts import confirm_contacts
from keep_customers.setup.custom_fields import add_custom_fields, refuse_if_taken
from keep_customers.setup.kanban import add_board
from keep_customers.worth import colours, ledger
from keep_customers.worth.values import tier_ranks

ROLE = "Keep Customers Manager"
DEFAULTS = Path(__file__).parent / "defaults"
# In this order: policies name tiers.
SHIPPED = ("customer_tier", "tier_policy", "care_rule", "complaint_category", "complaint_cause", "loss_cause")


def before_install() -> None:
	refuse_if_taken()


def after_install() -> None:
	host.make_key()
	add_custom_fields()
	ledger.add_index()
	add_shipped_defaults()
	add_shipped_messages()
	add_shipped_answers()
	assignment_rules.add_rule()
	set_shipped_settings()
	confirm_contacts()
	add_board()
	onboarding.refresh()


def after_migrate() -> None:
	host.make_key()
	add_custom_fields()
	ledger.add_index()
	offer_triggers()
	desktop.keep_one_entrance()
	colours.colour_chart()
	upgrade.tell_of(set_shipped_settings())
	onboarding.refresh()
	# The framework has written the chart anew if it has changed.
	colours.colour_chart()


def keep_role(role, method: str | None = None) -> None:
	"""Before a Role is written from a file: the host writes fixtures anew at every migration, and what an admin has said of ours, such
	as that it needs a second factor, stays."""
	if role.name == ROLE and frappe.db.exists("Role", ROLE):
		there = frappe.get_doc("Role", ROLE)
		role.update({field.fieldname: there.get(field.fieldname) for field in there.meta.fields})


def offer_triggers(app: str | None = None) -> None:
	"""Let a Care Rule's form offer the triggers that other apps bring, and no longer those of apps that are gone."""
	names = rules.triggers()
	key = {"doc_type": "Care Rule", "field_name": "trigger", "property": "options"}
	if len(names) > len(rules.TRIGGERS):
		make_property_setter(
			"Care Rule", "trigger", "options", "\n".join(names), "Text", validate_fields_for_doctype=False
		)
	elif (offered := frappe.db.get_value("Property Setter", key, "value")) is not None:
		# One with shipped triggers only is an admin's, who offers fewer of them.
		if not set(filter(None, offered.split("\n"))) <= set(rules.TRIGGERS):
			frappe.db.delete("Property Setter", key)
			frappe.clear_cache(doctype="Care Rule")


def add_shipped_defaults(trigger: str | None = None, kinds: tuple[str, ...] = SHIPPED) -> None:
	"""Insert the shipped tiers, policy and rules; what is there already stays as the admin left it.

	Like ERPNext's own shipped records they are written in the site's language.

	:param trigger: only rules with this one: what the admin has deleted of all others stays away
	:param kinds: only these, likewise
	"""
	language = site_language()
	# What the cache holds was put together before the app was there.
	frappe.translate.clear_cache()
	for kind in kinds:
		for record in json.loads((DEFAULTS / f"{kind}.json").read_text(encoding="utf-8")):
			if trigger and record.get("trigger") != trigger:
				continue
			record = in_language(record, language)
			if not frappe.db.exists(record["doctype"], record["name"]):
				_name_tiers_of_today(record, language)
				doc = frappe.get_doc(record).insert(ignore_permissions=True)
				# The framework fills in the site's defaults; what is shipped is for everybody.
				for field in ("company", "customer_group", "territory"):
					if doc.get(field) and not record.get(field):
						doc.db_set(field, None)


def _name_tiers_of_today(record: dict, language: str) -> None:
	"""An upgrade must not fail because the admin calls a tier something else, or has fewer: what counts is how good it is."""
	if not record.get("tiers"):
		return
	shipped = json.loads((DEFAULTS / "customer_tier.json").read_text(encoding="utf-8"))
	rank = {_(tier["name"], language, "Customer Tier"): tier["rank"] for tier in shipped}
	there = {rank: name for name, rank in tier_ranks().items()}
	for row in record["tiers"]:
		if row["tier"] not in there.values():
			row["tier"] = there.get(rank[row["tier"]])
	record["tiers"] = [row for row in record["tiers"] if row["tier"]]


def add_shipped_messages(kind: str | None = None) -> None:
	"""Insert the library of messages in all its languages, whatever the site's: customers have languages of their own.

	:param kind: only messages of this one: what the admin has deleted or renamed of all others stays so
	"""
	for record in json.loads((DEFAULTS / "care_message.json").read_text(encoding="utf-8")):
		if kind and record["kind"] != kind:
			continue
		if not frappe.db.exists("Care Message", record["title"]):
			frappe.get_doc(record).insert(ignore_permissions=True, ignore_links=True)


def add_shipped_answers() -> None:
	"""Insert the answers to complaints, in all languages likewise, for the categories as the site calls them."""
	language = site_language()
	for record in json.loads((DEFAULTS / "standard_answer.json").read_text(encoding="utf-8")):
		record["category"] = _(record["category"], language, "Complaint Category")
		known = frappe.db.exists("Standard Answer", record["title"])
		if not known and frappe.db.exists("Complaint Category", record["category"]):
			frappe.get_doc(record).insert(ignore_permissions=True, ignore_links=True)


def in_language(record: dict, language: str) -> dict:
	"""A shipped record with its name, its texts and the names of other shipped records translated."""
	kind = record["doctype"]
	meta = frappe.get_meta(kind)
	translated = {}
	for fieldname, value in record.items():
		field = meta.get_field(fieldname)
		if fieldname == "name" or (field and field.fieldtype in ("Data", "Small Text")):
			value = _(value, language, kind)
		elif field and field.fieldtype == "Link" and frappe.scrub(field.options) in SHIPPED:
			value = _(value, language, field.options)
		elif field and field.fieldtype.startswith("Table"):
			value = [in_language(row, language) for row in value]
		translated[fieldname] = value
	return translated


def set_shipped_settings() -> list:
	"""Give settings that this site has never saved the value they ship with; what the admin has emptied or set to 0 stays so.

	A new limit would be 0 else, which means none, or that nothing passes it. It is done past the document's checks: what is
	wrong elsewhere in the settings must not stop an upgrade.

	:returns: their fields
	"""
	known = frappe.db.get_singles_dict(upgrade.SETTINGS)
	fields = frappe.get_meta(upgrade.SETTINGS).fields
	new = [field for field in fields if field.default and field.fieldname not in known]
	for field in new:
		# Of the text "1" the framework makes a yes, which Postgres writes as "true".
		value = cint(field.default) if field.default in ("0", "1") else field.default
		frappe.db.set_single_value(upgrade.SETTINGS, field.fieldname, value)
	return new
