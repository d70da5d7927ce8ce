"""Dialogs that somebody answers quicker than they have faded in: they go all the same, and nothing is left above the form."""

import frappe
import pytest

from tests.site.story import ANNA

# As long as on a machine that has much else to do.
SLOWLY = ".fade, .modal.fade .modal-dialog { transition: all 1s linear !important; }"
OPENED = {
	"dialog": """() => {
		const dialog = keep_customers.dialog({
			title: "Asked", fields: [{fieldname: "words", fieldtype: "Data"}],
			primary_action: () => dialog.hide(),
		});
		dialog.show();
		return dialog;
	}""",
	"prompt": "() => keep_customers.prompt({fieldname: 'words', fieldtype: 'Data'}, () => {}, 'Asked')",
	"confirm": "() => keep_customers.confirm('Asked?', () => {})",
}
FADING = "() => document.querySelector('.modal.show') && !asked.display"
GONE = "() => !document.querySelector('.modal.show, .modal-backdrop') && !document.body.classList.contains('modal-open')"


@pytest.mark.parametrize("kind", OPENED)
def test_a_dialog_that_is_answered_while_it_fades_in_goes(story, desk, kind):
	frappe.db.commit()
	with desk(ANNA) as anna:
		anna.page.set_default_timeout(20_000)
		anna.page.add_style_tag(content=SLOWLY)
		for once_more in range(2):
			if kind == "dialog" and once_more:
				anna.page.evaluate("() => asked.show()")
			else:
				anna.page.evaluate(f"() => void (window.asked = ({OPENED[kind]})())")
			anna.page.wait_for_function(FADING)
			fading = anna.page.evaluate(
				f"() => {{ asked.get_primary_btn().click(); return Boolean(({FADING})()); }}"
			)
			assert fading, "it was answered before it was there"
			anna.page.wait_for_function(GONE)
		# Who takes the time is asked as ever, and closes it.
		anna.page.evaluate(f"() => void (window.asked = ({OPENED[kind]})())")
		anna.page.wait_for_function("() => asked.display")
		anna.page.evaluate("() => asked.get_primary_btn().click()")
		anna.page.wait_for_function(GONE)
