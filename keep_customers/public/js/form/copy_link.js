// A link that is given on by hand: in sight, so that it can be taken even where a browser lets nobody copy.
frappe.provide("keep_customers");

keep_customers.copy_link = (() => {
	// HTML of a link with its button; `label`: what the link is for.
	function html(link, label = __("Link")) {
		const text = frappe.utils.escape_html;
		return `<div class="keep-copy">
			<input class="form-control" readonly value="${text(link)}" aria-label="${text(label)}">
			<button type="button" class="btn btn-default btn-sm" data-copy>${text(__("Copy the Link"))}</button>
			<span class="small" role="status"></span>
		</div>`;
	}

	// Let the buttons of some HTML copy; `copied` hears of it.
	function listen($wrapper, copied) {
		$wrapper.off("click.keep_copy").on("click.keep_copy", "[data-copy]", ({ currentTarget }) => {
			const place = $(currentTarget).closest(".keep-copy");
			copy(place.find("input")[0]).then(() => {
				place.find("[role=status]").text(__("Copied. Paste it where the customer reads it."));
				if (copied) copied();
			});
		});
	}

	function copy(input) {
		input.select();
		if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(input.value);
		// The host's own helper copies nothing out of a dialog, which holds the focus.
		return document.execCommand("copy") ? Promise.resolve() : Promise.reject();
	}

	// The same in a dialog of its own.
	function show(link, { title = __("Copy the Link"), label, copied } = {}) {
		const dialog = keep_customers.dialog({ title, fields: [{ fieldname: "link", fieldtype: "HTML" }] });
		const { $wrapper } = dialog.get_field("link");
		$wrapper.html(html(link, label));
		listen($wrapper, copied);
		dialog.show();
		return dialog;
	}

	return { html, listen, show };
})();

frappe.dom.set_style(
	`.keep-copy { display: grid; grid-template-columns: 1fr auto; gap: 8px; align-items: center; }
	.keep-copy [role=status] { grid-column: 1 / -1; }
	@media (max-width: 767px) { .keep-copy .btn { min-height: 44px; } }`,
	"keep-copy-link"
);
