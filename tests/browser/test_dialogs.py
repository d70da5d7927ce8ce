"""Dialogs that somebody answers quicker than they have faded in: they go all the same, and nothing is left above the form. Who
clicks twice has answered once."""

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


ASKED_TWICE = {
	# Gone at once, and the server asked then; on the screen until it has answered; told to wait, as the host has it.
	"gone": "(d) => { d.hide(); done(); }",
	"waits": """(d) => {
		done();
		frappe.request.ajax_count += 1;
		return new Promise((answered) => (window.answer = answered)).then(() => { frappe.request.ajax_count -= 1; d.hide(); });
	}""",
	"disabled": "(d) => { done(); d.disable_primary_action(); }",
}


@pytest.mark.parametrize("how", ASKED_TWICE)
def test_a_dialog_is_answered_once(story, desk, how):
	frappe.db.commit()
	with desk(ANNA) as anna:
		page = anna.page
		page.set_default_timeout(20_000)
		page.evaluate(
			f"""() => {{
				window.times = 0;
				window.done = () => (times += 1);
				const act = {ASKED_TWICE[how]};
				window.asked = keep_customers.dialog({{title: "Asked", fields: [], primary_action: () => act(asked)}});
				asked.show();
			}}"""
		)
		page.wait_for_function("() => asked.display")
		page.locator(".modal.show .btn-modal-primary").dblclick()
		if how != "gone":
			page.locator(".modal.show .btn-modal-primary").click()
		assert page.evaluate("() => times") == 1
		if how == "gone":
			page.wait_for_function(GONE)
			page.evaluate("() => asked.show()")
			page.wait_for_function("() => asked.display")
		# Asked again, or free again, it is answered again.
		if how == "waits":
			page.evaluate("() => answer()")
			page.wait_for_function(GONE)
			page.evaluate("() => asked.show()")
			page.wait_for_function("() => asked.display")
		if how == "disabled":
			page.evaluate("() => asked.enable_primary_action()")
		page.locator(".modal.show .btn-modal-primary").click()
		assert page.evaluate("() => times") == 2


@pytest.mark.parametrize("kind", ["prompt", "confirm"])
def test_a_question_is_answered_once(story, desk, kind):
	frappe.db.commit()
	opened = {
		"prompt": "keep_customers.prompt({fieldname: 'words', fieldtype: 'Data'}, () => (times += 1), 'Asked')",
		"confirm": "keep_customers.confirm('Asked?', () => (times += 1))",
	}[kind]
	with desk(ANNA) as anna:
		anna.page.evaluate(f"() => {{ window.times = 0; window.asked = {opened}; }}")
		anna.page.wait_for_function("() => asked.display")
		anna.page.locator(".modal.show .btn-modal-primary").dblclick()
		anna.page.wait_for_function(GONE)
		assert anna.page.evaluate("() => times") == 1


@pytest.mark.parametrize("kind", ["dialog", "confirm"])
def test_enter_that_is_held_answers_once_while_it_fades_in(story, desk, kind):
	frappe.db.commit()
	opened = {
		"dialog": """(() => {
			const made = keep_customers.dialog({title: "Asked", fields: [], primary_action: () => (made.hide(), (times += 1))});
			made.show();
			return made;
		})()""",
		"confirm": "keep_customers.confirm('Asked?', () => (times += 1))",
	}[kind]
	with desk(ANNA) as anna:
		anna.page.set_default_timeout(20_000)
		anna.page.add_style_tag(content=SLOWLY)
		anna.page.evaluate(f"() => {{ window.times = 0; window.asked = {opened}; }}")
		anna.page.wait_for_function(FADING)
		# What the host makes of the key.
		anna.page.evaluate(
			"() => { for (const _again of [1, 2, 3]) asked.get_primary_btn().trigger('click'); }"
		)
		anna.page.wait_for_function(GONE)
		assert anna.page.evaluate("() => times") == 1
		if kind == "dialog":
			anna.page.evaluate("() => asked.show()")
			anna.page.wait_for_function("() => asked.display")
			anna.page.evaluate("() => asked.get_primary_btn().trigger('click')")
			assert anna.page.evaluate("() => times") == 2, "shown again it is answered again"


def test_what_was_typed_stays_while_there_is_no_connection(story, desk):
	frappe.db.commit()
	with desk(ANNA) as anna:
		page = anna.page
		page.evaluate(
			"""() => {
				window.said = [];
				window.asked = keep_customers.prompt({fieldname: 'words', fieldtype: 'Data'}, ({ words }) => said.push(words), 'Asked');
			}"""
		)
		page.wait_for_function("() => asked.display")
		page.locator(".modal.show input").fill("They were kind")
		# Whoever develops is always connected, as the host sees it.
		page.evaluate("() => (frappe.boot.developer_mode = 0)")
		page.context.set_offline(True)
		page.wait_for_function("() => !navigator.onLine")
		page.locator(".modal.show .btn-modal-primary").click()
		page.wait_for_timeout(500)
		assert page.evaluate("() => [said.length, asked.display]") == [0, True]
		page.context.set_offline(False)
		page.wait_for_function("() => navigator.onLine")
		page.locator(".modal.show .btn-modal-primary").click()
		page.wait_for_function(GONE)
		assert page.evaluate("() => said") == ["They were kind"]
