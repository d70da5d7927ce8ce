// A contact at the top of a form, the form's own fields folded away below it.
frappe.provide("keep_customers.contact");

keep_customers.contact.form = (() => {
	const { text } = keep_customers.contact.pieces;

	// The card, empty.
	function card(frm) {
		clear(frm);
		return $(`<div class="keep-contact"></div>`).prependTo(frm.layout.wrapper);
	}

	// The same with a link to the fields it stands for; `stays`: names of sections that are never folded.
	function instead(frm, html, stays = []) {
		const made = card(frm).html(html);
		$(`<a href="#" class="keep-unfold">${text(__("All Fields"))}</a>`)
			.appendTo(made)
			.on("click", (event) => {
				event.preventDefault();
				frm.keep_unfolded = frm.keep_unfolded === frm.doc.name ? null : frm.doc.name;
				fold(frm, frm.keep_unfolded !== frm.doc.name, stays);
			});
		fold(frm, frm.keep_unfolded !== frm.doc.name, stays);
		return made;
	}

	function clear(frm) {
		frm.layout.wrapper.find(".keep-contact").remove();
	}

	function fold(frm, folded, stays = []) {
		for (const section of frm.layout.sections || []) {
			if (!stays.includes(section.df.fieldname)) section.wrapper.toggleClass("keep-folded", Boolean(folded));
		}
	}

	return { card, clear, fold, instead };
})();
