"""The forms that read back what they will do are for everybody, in the light and in the dark."""

import frappe

from tests.browser.for_everybody import barriers
from tests.site.story import EVE, ITEM

# What is typed for the form to have something to say, or a lack to lead to.
FORMS = {
	"Care Rule": {"trigger": "Purchase Amount", "min_amount": 2000},
	"Care Message": {"message": "Good morning, {{ nobody }}"},
	"Care Notice": {"title": "Snow"},
	"Referral": {},
	"Tier Benefit": {"kind": "Discount", "discount_percentage": 5},
	"Tier Policy": {"policy_name": "Dealers"},
	"Visit Plan": {"purpose": "See how the new tools do"},
	"Volume Rebate": {},
}
NEW = "doctype => window.cur_frm && cur_frm.doctype === doctype && cur_frm.is_new()"
# Of the list on the screen: purpose that a heading names -> purposes of the rows below it.
BELOW = """() => {
	const found = {};
	let heading = null;
	for (const one of cur_list.$result.children()) {
		if (one.classList.contains("keep-purpose")) found[(heading = one.innerText)] = new Set();
		else if (one.querySelector(".list-row")) {
			const name = decodeURIComponent(one.querySelector(".list-row-checkbox").dataset.name);
			found[heading].add(cur_list.data.find((rule) => rule.name === name).purpose);
		}
	}
	return Object.entries(found).map(([heading, purposes]) => [heading, ...purposes]);
}"""
THEME = "theme => document.documentElement.setAttribute('data-theme', theme)"


def new(desk, doctype):
	"""The form of a new document, also of one that is usually written down in a small window."""
	quick = desk.page.evaluate(
		"""doctype => new Promise(done => frappe.model.with_doctype(doctype, () => {
			frappe.new_doc(doctype);
			done(frappe.get_meta(doctype).quick_entry);
		}))""",
		doctype,
	)
	if quick:
		desk.page.locator(".modal.show").get_by_role("button", name="Edit Full Form").click()
	desk.page.wait_for_function(NEW, arg=doctype)
	desk.settled()


def test_what_forms_read_back_is_for_everybody(story, desk):
	story.customer("First")
	frappe.get_doc("User", EVE).add_roles("Keep Customers Manager", "Sales Manager", "Sales User")
	frappe.db.commit()
	with desk(EVE) as eve:
		eve.page.set_default_timeout(20_000)
		for doctype, values in FORMS.items():
			new(eve, doctype)
			eve.page.evaluate("values => cur_frm.set_value(values)", values)
			ours = f"[data-page-route='{doctype}'] .keep-read-back"
			# The host's own fields around it are the host's.
			eve.page.locator(f"{ours} div div >> visible=true").first.wait_for()
			eve.page.wait_for_function("() => !cur_frm.keep_read_back_asked")
			for theme, rules in (("light", None), ("dark", ["color-contrast"])):
				eve.page.evaluate(THEME, theme)
				eve.shot(f"form-{frappe.scrub(doctype)}-{theme}")
				assert not barriers(eve.page, ours, rules), (doctype, theme)
		# A recall begins on the item's form.
		eve.page.goto(f"{eve.url}/app/item/{ITEM}")
		eve.page.wait_for_function("() => window.cur_frm && cur_frm.doctype === 'Item' && !cur_frm.is_new()")
		eve.settled()
		eve.press("Care Notice", "Create")
		eve.page.wait_for_function(NEW, arg="Care Notice")
		eve.page.get_by_text(f"only for customers who have bought {ITEM}").first.wait_for()


def test_who_came_back_is_forgotten_again_from_the_form(story, desk):
	"""Opened first, as from the notification: nothing is there that another form has brought along."""
	frappe.get_doc("User", EVE).add_roles("Keep Customers Manager")
	person = frappe.get_doc({"doctype": "Forgotten Person", "status": "Came Back"}).insert()
	frappe.db.commit()
	with desk(EVE) as eve:
		eve.page.goto(f"{eve.url}/app/forgotten-person/{person.name}")
		eve.page.get_by_role("button", name="Forget Again").wait_for(timeout=20_000)


def test_rules_stand_below_the_heading_of_their_purpose(story, desk):
	frappe.get_doc("User", EVE).add_roles("Keep Customers Manager", "Sales Manager", "Sales User")
	frappe.db.commit()
	with desk(EVE) as eve:
		eve.page.evaluate("() => frappe.set_route('List', 'Care Rule', 'List')")
		eve.page.locator(".keep-purpose >> visible=true").first.wait_for()
		eve.settled()
		found = eve.page.evaluate(BELOW)
		assert len(found) > 2 and all(heading == purpose and not more for heading, purpose, *more in found)
