"""Lamps flicker: who has bought one is told. A Care Notice for who has bought something, since when, and what is left of it."""

import frappe
import pytest
from frappe.permissions import add_user_permission, update_permission_property
from frappe.utils import formatdate, getdate

from keep_customers.access.read_back import read_back
from keep_customers.care import notices
from keep_customers.jobs import notices as jobs
from keep_customers.worth import bought
from tests.site.statements import statements
from tests.site.story import ANNA, GROUP, ITEM, MIA, PREFIX, once, rows_like

LIGHTS, SHADES = f"{PREFIX} Lights", f"{PREFIX} Shades"
LAMP, RED, BLUE, SHADE, KIT, NEW = (
	f"{PREFIX} {name}" for name in ("Lamp", "Lamp Red", "Lamp Blue", "Shade", "Kit", "Lamp 2")
)
SINCE = 60  # days ago


@pytest.fixture
@once
def sold(story):
	"""Customers are called by what happened to their lamps."""
	story.today = getdate()
	root = frappe.get_all("Item Group", {"is_group": 1}, order_by="lft", limit=1, pluck="name")[0]
	for name, parent in ((LIGHTS, root), (SHADES, LIGHTS)):
		if not frappe.db.exists("Item Group", name):
			frappe.get_doc(
				{"doctype": "Item Group", "item_group_name": name, "parent_item_group": parent, "is_group": 1}
			).insert()
	for item in (LAMP, RED, BLUE, SHADE, KIT, NEW):
		story.item(item.removeprefix(f"{PREFIX} "))
	frappe.db.set_value("Item", LAMP, "has_variants", 1)
	frappe.db.set_value("Item", {"name": ("in", (RED, BLUE))}, "variant_of", LAMP)
	frappe.db.set_value("Item", SHADE, "item_group", SHADES)
	parts = [{"item_code": RED, "qty": 1, "uom": "Nos"}]
	frappe.get_doc({"doctype": "Product Bundle", "new_item_code": KIT, "items": parts}).insert()
	frappe.clear_document_cache("Item")

	def buys(name, item, ago, amount=100, qty=1, **values):
		name = f"{PREFIX} {name}"
		if not frappe.db.exists("Customer", name):
			story.customer(name.removeprefix(f"{PREFIX} "))
		return story.invoice(name, amount, story.days_ago(ago), qty=qty, item={"item_code": item}, **values)

	def gives_back(invoice, ago, amount=100, qty=-1, row=0):
		item = {
			"item_code": invoice.items[row].item_code, "qty": qty, "rate": amount,
			"sales_invoice_item": invoice.items[row].name,
		}  # fmt: skip
		return story.credit(invoice, amount, story.days_ago(ago), items=[item])

	buys("Red", RED, 30)
	buys("Blue Early", BLUE, 200)
	buys("Kit", KIT, 20)
	buys("Shade", SHADE, 10)
	buys("Nothing", ITEM, 10)
	# Sold without an item, of a group.
	[by_hand] = buys("By Hand", ITEM, 10).items
	by_hand.db_set({"item_code": None, "item_group": SHADES})
	buys("Draft", RED, 10, submit=False)
	buys("Cancelled", RED, 10).cancel()
	buys("Opening", RED, 10).db_set("is_opening", "Yes")
	buys("Corrected Price", RED, 10).db_set("is_debit_note", 1)
	# One of two things was returned, all of it; of ten lamps some; of a lamp only the price was lowered.
	both = [{"item_code": RED, "qty": 2, "rate": 100}, {"item_code": ITEM, "qty": 1, "rate": 50}]
	gives_back(buys("Back", RED, 30, items=both), 5, qty=-2)
	gives_back(buys("Some Back", RED, 30, qty=10), 5, qty=-4)
	gives_back(buys("Cheaper", RED, 30), 5, amount=20)
	# All of the money was given back, for other reasons than the lamp.
	note = gives_back(buys("Credited", RED, 30, qty=5), 5)
	note.db_set("base_net_total", -500)
	note.items[0].db_set("base_net_amount", -500)
	# Those of long ago were returned, the new one is there.
	old = buys("Old Back", RED, 200, qty=2)
	buys("Old Back", RED, 30)
	gives_back(old, 5, qty=-2)
	# Wrongly addressed: what was bought long ago was written anew lately.
	gives_back(buys("Anew", RED, 200), 30)
	buys("Anew", RED, 28)
	frappe.db.commit()
	return story


@pytest.fixture(autouse=True)
def signed_off():
	yield
	frappe.set_user("Administrator")


def written(items=(), groups=(), since=None, user=MIA, **values):
	frappe.set_user(user)
	return frappe.get_doc(
		{
			"doctype": "Care Notice",
			"title": "Lamps flicker",
			"kind": "News",
			"customer_group": GROUP,
			"channel": "Phone",
			"due_in_days": 20,
			"text": "Please switch it off.",
			"bought_items": [{"item_code": item} for item in items],
			"bought_groups": [{"item_group": group} for group in groups],
			"bought_since": since,
			**values,
		}
	).insert()


def told(*args, **values):
	found = notices.preview(written(*args, **values).name)
	frappe.set_user("Administrator")
	assert found["customers"] == len(found["names"])
	return [name.removeprefix(f"{PREFIX} ") for name in found["names"]]


EVER = ["Anew", "Blue Early", "Cheaper", "Kit", "Old Back", "Red", "Some Back"]
LATELY = ["Cheaper", "Kit", "Old Back", "Red", "Some Back"]


def test_who_has_bought_it_and_has_something_left_of_it_is_told(sold, monkeypatch):
	since = sold.days_ago(SINCE)
	assert told([LAMP]) == EVER
	assert told([LAMP], since=since) == LATELY
	assert told([RED]) == [name for name in EVER if name != "Blue Early"]
	assert told([BLUE]) == ["Blue Early"]
	assert told(groups=[LIGHTS]) == ["By Hand", "Shade"], "with the groups below"
	assert told([LAMP], [SHADES], since) == sorted([*LATELY, "By Hand", "Shade"]), "any of them"
	# Of who bought anything: not who bought long ago, whatever was written anew, nor who was given all of it back.
	assert told(since=sold.days_ago(29)) == ["By Hand", "Kit", "Nothing", "Shade"]
	assert told([NEW]) == []
	with monkeypatch.context() as patched:
		patched.setattr(bought, "LONG_LIST", 0)  # of very many it is asked in another order
		patched.setattr(bought, "EXACTLY", 2)
		assert told([LAMP]) == EVER
	# All the others hold as well.
	sold.file(f"{PREFIX} Red", taste="bright")
	assert told([LAMP], words="bright") == ["Red"]
	sold.settings(excluded_customers=[{"customer": f"{PREFIX} Red"}])
	found = notices.preview(written([LAMP], since=since).name)
	assert found["left_out"] == [f"{PREFIX} Red"] and f"{PREFIX} Red" not in found["names"]
	assert found["says"] == (
		f"11 other customers are left out, who have not bought {LAMP} since {formatdate(since)}."
	)


def test_it_says_whom_it_is_for_and_why_it_is_nobody(sold, monkeypatch):
	def read(**values):
		return read_back(
			{
				"doctype": "Care Notice",
				"__islocal": 1,
				"title": "Lamps flicker",
				"customer_group": GROUP,
				**values,
			}
		)

	since = sold.days_ago(SINCE)
	items, groups = [{"item_code": LAMP}], [{"item_group": LIGHTS}]
	said = read(bought_items=items, bought_since=str(since))
	assert f"only for customers who have bought {LAMP} since {formatdate(since)};" in said["says"][0]
	assert said["figure"] == "5 customers would be reached."
	said = read(bought_items=[*items, {"item_code": ""}], bought_groups=groups)
	assert f"who have bought one of these: {LAMP}, anything of {LIGHTS};" in said["says"][0]
	assert "who have bought anything since" in read(bought_since=str(since))["says"][0]
	said = read(bought_items=[{"item_code": NEW}])
	[missing] = said["missing"]
	assert missing["field"] == "bought_items" and not said["figure"]
	assert missing["text"] == (
		f"This reaches nobody: none of the 16 customers it would reach otherwise has bought {NEW}."
	)
	notice = written([NEW])
	with pytest.raises(frappe.ValidationError, match="none of the 16 customers"):
		notice.submit()
	frappe.set_user("Administrator")
	# Where it takes long, what is read while somebody types is some minutes old, and what is released is not.
	monkeypatch.setattr(notices, "LONG", -1)
	assert read(bought_items=items)["figure"] == "7 customers would be reached."
	sold.invoice(f"{PREFIX} Nothing", 100, sold.today, item={"item_code": BLUE})
	assert read(bought_items=items)["figure"] == "7 customers would be reached."
	assert len(notices.audience(written([LAMP]), MIA)) == 8
	frappe.set_user("Administrator")
	# As it is already if nobody were asked what they bought.
	assert "widen the audience" in read(bought_items=items, words="in no file")["missing"][0]["text"]


def test_reps_read_what_their_customer_bought_last_also_after_it_was_corrected(sold):
	red, blue, kit = (f"{PREFIX} {name}" for name in ("Red", "Blue Early", "Kit"))
	for name in (red, blue, kit):
		sold.file(name, dedicated_rep=ANNA)
	sold.completed_yesterday()
	notice = written([LAMP], kind="Weather", text="Switch it off.")
	notice.submit()
	jobs.run(notice.name)
	jobs.run(notice.name)
	frappe.set_user("Administrator")
	rows = {row.customer: row for row in sold.follow_ups(reference_name=notice.name)}
	assert sorted(rows) == [f"{PREFIX} {name}" for name in EVER]
	days = {red: (RED, 30), blue: (BLUE, 200), kit: (KIT, 20)}
	for name, (item, ago) in days.items():
		day = formatdate(sold.days_ago(ago))
		assert rows[name].reason == f"Lamps flicker – bought {item} on {day}; the words are in {notice.name}"
	# Kit gives it back, Blue is told; then all items get new names, and what was said was wrong.
	[invoice] = frappe.get_all("Sales Invoice", {"customer": kit}, pluck="name")
	sold.credit(frappe.get_doc("Sales Invoice", invoice), 100, sold.today, item={"item_code": KIT})
	frappe.db.set_value("Follow Up", rows[blue].name, "status", "Done")
	frappe.rename_doc("Item", RED, f"{PREFIX} Lamp Crimson", force=True)
	frappe.set_user(MIA)
	notice.reload()
	notice.cancel()
	new = frappe.copy_doc(notice)
	new.update(
		{
			"amended_from": notice.name,
			"title": "Lamps burn",
			"tell_again": 1,
			"bought_since": sold.days_ago(300),
		}
	)
	new.insert()
	assert kit not in notices.preview(new.name)["names"] and blue in notices.preview(new.name)["names"]
	new.submit()
	jobs.run(new.name)
	frappe.set_user("Administrator")
	rows = {row.customer: row for row in sold.follow_ups(reference_name=new.name)}
	assert sorted(rows) == [f"{PREFIX} {name}" for name in EVER if name != "Kit"]
	assert rows[blue].priority == "High"
	[todo] = [one for one in sold.todos(ANNA, status="Open") if one.reference_name == red]
	assert rows[red].todo == todo.name, "what was on the list is there again"
	assert "Lamps burn" in todo.description and formatdate(sold.days_ago(30)) in todo.description
	assert new.name in todo.description
	# Without items it is the last purchase.
	later = written(since=sold.days_ago(15), title="Thank you")
	later.submit()
	jobs.run(later.name)
	frappe.set_user("Administrator")
	[row] = sold.follow_ups(f"{PREFIX} Shade", reference_name=later.name)
	assert row.reason == (
		f"Thank you – last bought on {formatdate(sold.days_ago(10))}; the words are in {later.name}"
	)


def test_merged_customers_are_told_once_and_who_may_not_know_learns_nothing(sold):
	frappe.local.dynamic_link_map = None  # as at the start of a request
	frappe.rename_doc("Customer", f"{PREFIX} Red", f"{PREFIX} Nothing", merge=True)
	assert told([RED], since=sold.days_ago(SINCE)) == ["Cheaper", "Kit", "Nothing", "Old Back", "Some Back"]
	add_user_permission("Customer", f"{PREFIX} Kit", MIA)
	assert told([LAMP]) == ["Kit"]
	for role in ("Sales Manager", "Sales User"):
		update_permission_property("Customer File", role, 0, "read", 0)
	notice = written([LAMP])
	found = notices.preview(notice.name)
	assert not found["customers"] and "who may read their Customer Files" in found["says"]
	with pytest.raises(frappe.ValidationError, match="who may read their Customer Files"):
		notice.submit()
	frappe.set_user("Administrator")
	assert f"{PREFIX} Kit" in notices.preview(notice.name)["names"]


def test_of_thousands_it_asks_as_much_as_of_a_few(sold):
	notice = written([LAMP], since=sold.days_ago(SINCE))

	def asked():
		with statements() as sent:
			found = notices.preview(notice.name)
		return found["customers"], len(sent)

	asked()  # what is kept from then on
	few, number = asked()
	for like in ("Red", "Credited"):
		names = [f"{PREFIX} {like} {at:04}" for at in range(500)]
		rows_like("Customer", f"{PREFIX} {like}", [{"name": name, "customer_name": name} for name in names])
		for paper in frappe.get_all(
			"Sales Invoice", {"customer": f"{PREFIX} {like}"}, ["name", "return_against"]
		):
			[line] = frappe.get_all("Sales Invoice Item", {"parent": paper.name}, pluck="name")
			papers = [(f"{PREFIX} {paper.name} {at}", at) for at in range(500)]
			against = paper.return_against and f"{PREFIX} {paper.return_against}"
			rows_like(
				"Sales Invoice", paper.name,
				[
					{"name": name, "customer": names[at], "return_against": against and f"{against} {at}"}
					for name, at in papers
				],
			)  # fmt: skip
			rows_like(
				"Sales Invoice Item", line,
				[{"name": f"{PREFIX} {line} {at}", "parent": name} for name, at in papers],
			)  # fmt: skip
	many, more = asked()
	assert many == few + 500
	assert more < number + 10, "in parts of some hundreds"
