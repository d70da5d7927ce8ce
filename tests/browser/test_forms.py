"""The forms that read back what they will do: for everybody, in the light and in the dark, before anything is filled in and after."""

import frappe

from tests.browser.for_everybody import barriers
from tests.site.story import EVE

# What is filled in for the form to have something to say; sections that are folded are looked at as they are.
FORMS = {
	"Care Rule": {"trigger": "Purchase Amount", "min_amount": 2000},
	"Care Message": {"message": "Good morning"},
	"Care Notice": {"title": "Snow"},
	"Referral": {},
	"Tier Benefit": {"kind": "Discount", "discount_percentage": 5},
	"Tier Policy": {"policy_name": "Dealers"},
	"Visit Plan": {},
	"Volume Rebate": {},
}
ANSWERED = ".keep-read-back >> visible=true"


def test_what_forms_read_back_is_for_everybody(story, desk):
	story.customer("First")
	frappe.get_doc("User", EVE).add_roles("Keep Customers Manager", "Sales Manager", "Sales User")
	frappe.db.commit()
	with desk(EVE) as eve:
		for doctype, values in FORMS.items():
			eve.page.evaluate("doctype => frappe.new_doc(doctype)", doctype)
			eve.page.wait_for_function(
				"doctype => cur_frm && cur_frm.doctype === doctype && cur_frm.is_new()", arg=doctype
			)
			eve.page.evaluate("values => cur_frm.set_value(values)", values)
			eve.page.locator(ANSWERED).locator("div div").first.wait_for()
			eve.settled()
			for theme in ("light", "dark"):
				eve.page.evaluate(
					"theme => document.documentElement.setAttribute('data-theme', theme)", theme
				)
				eve.page.wait_for_timeout(200)
				eve.shot(f"form-{doctype.lower().replace(' ', '-')}-{theme}")
				# The host's own fields around it are the host's.
				assert not barriers(eve.page, f"#{eve.page.evaluate(PAGE)} .keep-read-back"), (doctype, theme)


PAGE = "() => { const page = cur_frm.$wrapper.closest('.page-container')[0]; page.id ||= 'keep-form'; return CSS.escape(page.id); }"
