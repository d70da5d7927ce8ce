// The host's dialog, readable by everybody: its fields say what they are, small print and links stand out. And it goes when it
// is answered: Bootstrap hears no "hide" while a dialog still fades in, and who is quicker than that would be left with it.
frappe.provide("keep_customers");

Object.assign(
	keep_customers,
	(() => {
		function dialog(options) {
			const made = new frappe.ui.Dialog(options);
			// Some fields are made once they are shown.
			const name_fields = () => {
				for (const { $input, df } of made.fields_list) $input?.attr("aria-label", df.label);
			};
			made.$wrapper.addClass("keep-dialog").on("shown.bs.modal change", () => setTimeout(name_fields));
			name_fields();
			return goes(made);
		}

		// The host's two questions in one line.
		const prompt = (...asked) => goes(frappe.prompt(...asked));
		const confirm = (...asked) => goes(frappe.confirm(...asked));

		// A dialog that was answered while it fades in goes as soon as it is there.
		function goes(shown) {
			const { hide } = shown;
			let fading = shown.is_visible && !shown.display;
			let answered = false;
			shown.hide = () => {
				answered = fading;
				hide.call(shown);
			};
			shown.$wrapper
				.on("show.bs.modal", () => {
					fading = true;
					answered = false;
				})
				.on("shown.bs.modal", () => {
					fading = false;
					if (answered) shown.hide();
				});
			return shown;
		}

		return { dialog, prompt, confirm };
	})()
);

frappe.dom.set_style(
	`.keep-dialog .help-box { color: var(--text-muted) !important; }
	.keep-dialog .frappe-control[data-fieldtype="HTML"] a { text-decoration: underline; }`,
	"keep-dialog"
);
