"""What is too long for its place says so, and what stands beside it is left alone."""

import frappe

from tests.site.story import EVE

# Charts as the framework draws them and as ours, of many widths: labels that are shown, and pairs of them that touch.
LABELS = """() => {
	const of = (width, ours) => {
		// Spaced, so that the framework's own labels touch whatever fonts the machine has.
		const $stand = $(`<div style="position: fixed; width: ${width}px; letter-spacing: 2px">`).appendTo(document.body);
		const labels = ["23.11.2026", "30.11.2026", "07.12.2026", "14.12.2026", "21.12.2026"];
		const chart = new frappe.Chart($stand[0], {
			data: { labels, datasets: [{ name: "Customers", values: [1, 2, 3, 4, 5] }] },
			type: "bar", animate: 0, disableEntryAnimation: 1, axisOptions: { xIsSeries: 1 },
		});
		if (ours) keep_customers.fit_chart(chart);
		chart.draw(true); // as when the width changes
		const shown = [...chart.svg.querySelectorAll(".x.axis text")].filter((one) => one.textContent);
		const boxes = shown.map((one) => one.getBoundingClientRect());
		const touching = boxes.filter((box, i) => i && box.left < boxes[i - 1].right).length;
		$stand.remove();
		return [shown.length, touching];
	};
	const widths = Array.from({ length: 25 }, (_, i) => 200 + 10 * i);
	return widths.map((width) => [...of(width, false), ...of(width, true)]);
}"""

# The words of an option in a list, in a column that has no room for them.
PILL = """() => {
	const column = $(`<div class="frappe-list"><div class="list-row-col ellipsis" style="width: 70px">
		${keep_customers.list_in_language("Complaint Case", ["step"]).step("Solution Offered", { fieldtype: "Select" })}
	</div></div>`).appendTo(document.body);
	const [pill, words] = [column.find(".indicator-pill")[0], column.find(".indicator-pill > .ellipsis")[0]];
	const box = pill.getBoundingClientRect();
	const found = {
		data: pill.dataset.filter,
		cut: words.scrollWidth > words.clientWidth && getComputedStyle(words).textOverflow === "ellipsis",
		inside: box.right <= column.find(".list-row-col")[0].getBoundingClientRect().right + 1,
	};
	column.remove();
	return found;
}"""

# The ends of a bar of shares, which the framework draws as paths: around a line it knows a style for, around these none of ours.
ENDS = """() => {
	const $stand = $(`<div style="position: fixed; width: 400px">`).appendTo(document.body);
	const chart = new frappe.Chart($stand[0], {
		data: { labels: ["Platinum", "Gold", "Lead"], datasets: [{ values: [1, 2, 3] }] }, type: "percentage", animate: 0,
	});
	keep_customers.fit_chart(chart);
	chart.draw(true);
	const drawn = [...$stand.find(".percentage-bar")].map((one) => getComputedStyle(one).stroke);
	$stand.remove();
	return drawn;
}"""


def test_labels_that_follow_each_other_do_not_touch(story, desk):
	frappe.get_doc("User", EVE).add_roles("Keep Customers Manager", "Sales Manager", "Sales User")
	frappe.db.commit()
	with desk(EVE) as eve:
		eve.open("query-report", "Expected Purchases")
		found = eve.page.evaluate(LABELS)
		assert set(eve.page.evaluate(ENDS)) == {"none"}
	assert any(touching for _all, touching, _shown, _left in found), "the framework leaves room by now"
	assert all(shown and not left for _all, _touching, shown, left in found)


def test_an_option_too_long_for_its_column_ends_with_a_sign_of_it(story, desk):
	frappe.get_doc("User", EVE).add_roles("Keep Customers Manager", "Sales Manager", "Sales User")
	frappe.db.commit()
	with desk(EVE) as eve:
		found = eve.page.evaluate(PILL)
	assert found == {"data": "step,=,Solution Offered", "cut": True, "inside": True}
