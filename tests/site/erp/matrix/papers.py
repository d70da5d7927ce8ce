"""All that is written about one customer: a document of every doctype of ours, and the host's beside them.

They are made from the doctypes themselves: every text holds a word that stands nowhere else, every amount a number
that stands nowhere else, every link leads to the customer or what is the customer's. So a new field is in it by itself.
"""

import datetime

import frappe
from frappe.utils import getdate

from tests.site.mail import contact
from tests.site.story import COMPANY, ITEM, PREFIX, _user

MODULE = "Keep Customers"
YESTERDAY = (datetime.date.today() - datetime.timedelta(days=1)).isoformat()
NEXT_WEEK = (datetime.date.today() + datetime.timedelta(days=7)).isoformat()

# What says nothing about a customer, and why. All other documents of ours are made for one.
ABOUT_NOBODY = {
	"Care Message": "words for everybody; names come in when one is sent",
	"Care Notice": "what is told to many, chosen by region, group and tier",
	"Care Rule": "for whom something is due, by region, group and tier",
	"Complaint Category": "a kind of complaint, and who answers it",
	"Complaint Cause": "a cause of complaints",
	"Complaint Measure": "what was changed against a cause, in words for every customer",
	"Customer Tier": "what a tier is",
	"Forecast Check": "figures of all customers together, for who may read all of them",
	"Forgotten Person": "that somebody was forgotten, and nothing of whom",
	"Loss Cause": "why customers leave",
	"Maintenance Drive": "figures of those who take part, for each other",
	"Standard Answer": "words for everybody",
	"Tier Benefit": "what a tier gets",
	"Tier Policy": "how tiers are cut",
}

# What is the firm's own, and names customers in its tables, or in these fields.
OF_THE_FIRM = {
	"Care Run": (),
	"Keep Customers Settings": (),
	"VIP Event": (),
	"Volume Rebate": (),
}

# How to make one about a customer: by filling in its fields by their type, and with these values, told the Papers.
ABOUT_CUSTOMER = {
	"Care Run Set Aside": lambda papers: {"reference_doctype": "Customer", "reference_name": papers.customer},
	"Complaint Case": lambda papers: {},
	"Consent Record": lambda papers: {"person_type": "Contact", "person": papers.names["Contact"]},
	"Contact Confirmation": lambda papers: {},
	"Customer Feedback": lambda papers: {
		"reference_doctype": "Complaint Case",
		"reference_name": papers.names["Complaint Case"],
	},
	"Customer File": lambda papers: {"backup_rep": None},
	"Fact Check": lambda papers: {},
	"Maintenance Drive File": lambda papers: {},
	"Customer Item Group": lambda papers: {},
	"Customer Touch": lambda papers: {},
	"Customer Value": lambda papers: {"status": "Active"},
	"Event Suggestion": lambda papers: {},
	"Follow Up": lambda papers: {"status": "Assigned"},
	"Loss Review": lambda papers: {},
	"Rebate Claim": lambda papers: {"status": "Proposed"},
	"Referral": lambda papers: {"referred_customer": None},
	"Tier Change": lambda papers: {},
	"VIP Invitation": lambda papers: {"status": "Invited"},
	"Visit Plan": lambda papers: {"amended_from": None},
}
OF_THE_FIRMS_OWN = {
	"VIP Event": {
		"status": "Inviting", "capacity": 9, "starts_on": f"{NEXT_WEEK} 10:00:00", "ends_on": f"{NEXT_WEEK} 12:00:00",
	},
	"Volume Rebate": {"enabled": 1},
	"Maintenance Drive": {"status": "Closed"},
}  # fmt: skip
# Those that others link to come first.
ORDER = ("Complaint Case", "Customer Touch", "Follow Up")
HOSTS = ("Customer", "Contact", "ToDo", "Comment", "Version", "Communication", "Lead")
GUARDED = ("File", "Coupon Code", "Tag Link")  # the host's, of which we say who reads them

TEXTS = ("Data", "Small Text", "Text", "Long Text", "Text Editor", "Code")
AMOUNTS = ("Currency", "Float")
# Texts that a program reads.
READ_BY_PROGRAMS = {
	"source_modified",
	"lens",
	"pin",
	"recurs",
	"occurrence",
	"festival",
	"call_id",
	"taken_from_type",
	"taken_from",
}


def doctypes(tables=False):
	"""All of ours."""
	return frappe.get_all(
		"DocType", {"module": MODULE, "istable": int(tables)}, pluck="name", order_by="name"
	)


def tables_of(doctype):
	"""(table, field) of the rows in a document."""
	return [
		(field.options, field.fieldname)
		for field in frappe.get_meta(doctype).get_table_fields()
		if frappe.get_meta(field.options).module == MODULE
	]


def names_customers(doctype):
	return any(
		field.options in ("Customer", "Contact", "Lead")
		for field in frappe.get_meta(doctype).get_link_fields()
	)


def parents():
	"""Table -> the document it is in, of the tables in documents about customers and of others that name one."""
	return {
		table: doctype
		for doctype in doctypes()
		for table, _field in tables_of(doctype)
		if doctype in ABOUT_CUSTOMER or names_customers(table)
	}


class Papers:
	"""
	:param stem: what all the words begin with
	:param first: the first of the amounts
	:param region: where the customer is
	:param rep: whose customer it is
	:param firm: the papers of the customer with whom the firm's own were made
	"""

	def __init__(self, story, stem, first, region, rep, firm=None):
		self.stem, self.rep, self.region, self.first, self.count = stem, rep, region, first, 0
		self.story = story
		self.words: dict[str, tuple[str, str]] = {}  # word -> doctype and field it was written in
		self.names: dict[str, str] = {}  # doctype -> the document of it
		self.rows: dict[str, tuple] = {}  # table -> row, its document's doctype and name, the field
		_user(rep, ["Sales User"])
		self.customer = story.customer(f"{stem}0000", territory=region, customer_group=region)
		self.names["Customer"] = self.customer
		# What it is called is not what it is known by: whoever knows the one learns nothing of the other.
		frappe.db.set_value(
			"Customer", self.customer, "customer_name", self.word("Customer", "customer_name")
		)
		self.hosts_people()
		for doctype in (*ABOUT_NOBODY, *OF_THE_FIRM):
			self.firms_own(doctype, firm)
		for doctype in sorted(ABOUT_CUSTOMER, key=lambda one: (ORDER.index(one) if one in ORDER else 9, one)):
			self.paper(doctype, **ABOUT_CUSTOMER[doctype](self))
			for table, field in tables_of(doctype):
				self.row(table, field, doctype)
		self.beside_them()
		frappe.db.commit()

	def word(self, doctype, field):
		self.count += 1
		if doctype in ABOUT_NOBODY or (doctype in OF_THE_FIRM and field not in OF_THE_FIRM[doctype]):
			return f"Plain{self.count:04d}"
		word = f"{self.stem}{self.count:04d}"
		self.words[word] = doctype, field
		return word

	def said(self, word):
		"""What a word, in whichever case, was written in."""
		known = {one.lower(): place for one, place in self.words.items()}
		return known.get(word.lower(), ("Customer", "name"))

	# Ours

	def paper(self, doctype, **values):
		doc = frappe.new_doc(doctype)
		if doc.meta.has_field("customer"):
			frappe.db.delete(doctype, {"customer": self.customer})
		doc.update(self.filled_in(doctype) | values)
		named_by = (doc.meta.autoname or "").partition("field:")[2]
		doc.name = self.customer if named_by == "customer" else f"{PREFIX}-{self.word(doctype, 'name')}"
		if named_by:
			doc.set(named_by, doc.name)
		doc.db_insert()
		self.names[doctype] = doc.name

	def firms_own(self, doctype, firm):
		"""There is one of it, in which both customers are named."""
		if frappe.get_meta(doctype).issingle:
			self.names[doctype] = doctype
		elif firm:
			self.names[doctype] = firm.names[doctype]
		else:
			self.paper(doctype, **OF_THE_FIRMS_OWN.get(doctype, {}))
		for table, field in tables_of(doctype):
			if names_customers(table) or not firm:
				self.row(table, field, doctype)
		for field in OF_THE_FIRM.get(doctype, ()):
			frappe.db.set_value(doctype, self.names[doctype], field, self.word(doctype, field))

	def row(self, table, field, doctype):
		row = frappe.new_doc(table)
		row.update(self.filled_in(table, fetched=doctype not in OF_THE_FIRM))
		for one in row.meta.fields:
			if one.fetch_from and doctype in OF_THE_FIRM:  # as saving it would fetch it again
				link, _dot, source = one.fetch_from.partition(".")
				of = row.meta.get_field(link).options
				row.set(one.fieldname, frappe.db.get_value(of, row.get(link), source))
		row.update({"parent": self.names[doctype], "parenttype": doctype, "parentfield": field, "idx": 1})
		row.db_insert()
		self.rows[table] = row.name, doctype, self.names[doctype], field

	def filled_in(self, doctype, fetched=True):
		fields = [one for one in frappe.get_meta(doctype).fields if fetched or not one.fetch_from]
		return {field.fieldname: self.value(field) for field in fields if not field.is_virtual}

	def value(self, field):
		kind, options = field.fieldtype, field.options
		if kind in AMOUNTS or options == "Phone":
			self.first += 1
			return f"+49 170 {self.first}" if options == "Phone" else self.first
		if kind in TEXTS and field.fieldname not in READ_BY_PROGRAMS:
			word = self.word(field.parent, field.fieldname)
			shapes = {"Email": f"{word}@keep-test.example", "JSON": f'{{"a": "{word}"}}'}
			return shapes.get(options, word)
		if kind == "Link":
			return self.linked(options)
		return {
			"Check": 0,
			"Int": 1,
			"Percent": 10,
			"Rating": 0.8,
			"Date": YESTERDAY,
			"Datetime": f"{YESTERDAY} 10:00:00",
			"Time": "10:00:00",
			"Select": next((one for one in (options or "").split("\n") if one), None),
		}.get(kind)

	def linked(self, doctype):
		fixed = {
			"User": self.rep,
			"Territory": self.region,
			"Customer Group": self.region,
			"Company": COMPANY,
			"Currency": "EUR",
			"Item": ITEM,
			"Language": "en",
			"Customer Tier": "Platinum",
			"Tier Policy": f"{PREFIX} Policy",
			"Role": "Sales User",
		}
		return fixed.get(doctype, self.names.get(doctype))

	# The host's

	def hosts_people(self):
		word = self.word("Contact", "first_name")
		made = contact(self.customer, first_name=word, email=f"{word}@keep-test.example".lower())
		self.names["Contact"] = made.name
		self.names["Sales Invoice"] = self.story.invoice(self.customer, 1).name
		lead = {"first_name": self.word("Lead", "first_name"), "keep_referred_by": self.customer}
		self.names["Lead"] = frappe.get_doc({"doctype": "Lead", **lead}).insert().name
		frappe.db.delete("Referral", {"referrer": self.customer})
		# Everybody may see that there is one, and nobody whose it is.
		event = {
			"doctype": "Event", "subject": "Tea", "event_type": "Public", "starts_on": f"{NEXT_WEEK} 10:00:00",
			"event_participants": [{"reference_doctype": "Customer", "reference_docname": self.customer}],
		}  # fmt: skip
		self.names["Event"] = frappe.get_doc(event).insert().name
		self.raw(
			"ToDo", description=self.word("ToDo", "description"), reference_type="Customer",
			reference_name=self.customer, allocated_to=self.rep, assigned_by=self.rep, owner=self.rep, status="Open",
			date=getdate(),
		)  # fmt: skip

	def beside_them(self):
		frappe.db.set_value("ToDo", self.names["ToDo"], "keep_follow_up", self.names["Follow Up"])
		about = {"reference_doctype": "Complaint Case", "reference_name": self.names["Complaint Case"]}
		self.raw("Comment", comment_type="Comment", content=self.word("Comment", "content"), **about)
		tagged = {"document_type": "Complaint Case", "document_name": self.names["Complaint Case"]}
		self.raw("Tag Link", title=self.word("Tag Link", "title"), tag=self.word("Tag Link", "tag"), **tagged)
		changed = frappe.as_json({"changed": [["family", "", self.word("Version", "data")]]})
		self.raw("Version", ref_doctype="Customer File", docname=self.customer, data=changed)
		self.raw(
			"Communication", communication_type="Communication", communication_medium="Email",
			subject=self.word("Communication", "subject"), content=self.word("Communication", "content"), **about,
		)  # fmt: skip
		file = frappe.get_doc(
			{
				"doctype": "File", "file_name": f"{self.word('File', 'file_name')}.txt", "is_private": 1,
				"content": self.word("File", "content"), "attached_to_doctype": "Complaint Case",
				"attached_to_name": self.names["Complaint Case"],
			}
		).insert()  # fmt: skip
		self.names["File"], self.file_url = file.name, file.file_url
		rule = {
			"doctype": "Pricing Rule",
			"name": f"{PREFIX} {self.stem} Birthday",
			"keep_benefit": self.names["Tier Benefit"],
		}
		frappe.get_doc(rule).db_insert()
		self.raw("Coupon Code", pricing_rule=rule["name"], coupon_name=self.word("Coupon Code", "coupon_name"), customer=self.customer,
			coupon_code=self.word("Coupon Code", "coupon_code"), coupon_type="Gift Card", maximum_use=1)  # fmt: skip

	def raw(self, doctype, **values):
		values = {key: value for key, value in values.items() if frappe.get_meta(doctype).has_field(key)} | {
			key: values[key] for key in ("owner",) if key in values
		}
		doc = frappe.get_doc({"doctype": doctype, "name": f"{PREFIX}-{self.word(doctype, 'name')}", **values})
		doc.db_insert()
		self.names[doctype] = doc.name
