// What is still missing, at the top of a form, each with a link to where it is mended.
frappe.provide("keep_customers");

// `things`: each { text, label, action }; without an action somebody else has to do it.
keep_customers.open_things = ($where, things) => {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));
	const link = ({ label, action }, index) =>
		action ? `<button type="button" class="btn btn-default btn-xs" data-mend="${index}">${text(label)}</button>` : "";
	const rows = things.map((one, index) => `<li>${text(one.text)} ${link(one, index)}</li>`);
	$where.html(rows.length ? `<ul class="keep-open">${rows.join("")}</ul>` : "");
	$where.off("click.keep_open").on("click.keep_open", "[data-mend]", ({ currentTarget }) => {
		things[currentTarget.dataset.mend].action();
	});
};

frappe.dom.set_style(
	`.keep-open { list-style: none; margin: 0 0 12px; padding: 4px 0 4px 12px;
		border-inline-start: 3px solid var(--orange-500, #e79913); color: var(--text-color); }
	.keep-open li { padding: 4px 0; }
	.keep-open .btn { margin-left: 4px; background: var(--fg-color); border: 1px solid var(--border-color); }
	@media (max-width: 767px) { .keep-open .btn { display: block; margin: 6px 0 0; min-height: 44px; } }`,
	"keep-open-things"
);
