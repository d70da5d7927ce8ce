// The host's dialog, readable by everybody: its fields say what they are, small print and links stand out. It goes when it
// is answered: Bootstrap hears no "hide" while a dialog still fades in, and who is quicker than that would be left with it. And
// it is answered once: a second click, while the first is on its way or the dialog fades out, would do the same again.
frappe.provide("keep_customers");

Object.assign(
	keep_customers,
	(() => {
		function dialog(options) {
			const made = new frappe.ui.Dialog({ ...options, primary_action: one_at_a_time(options.primary_action) });
			const { set_primary_action } = made;
			made.set_primary_action = (label, action) => set_primary_action.call(made, label, one_at_a_time(action));
			// Some fields are made once they are shown.
			const name_fields = () => {
				for (const { $input, df } of made.fields_list) $input?.attr("aria-label", df.label);
			};
			made.$wrapper.addClass("keep-dialog").on("shown.bs.modal change", () => setTimeout(name_fields));
			name_fields();
			return answered_once(goes(made));
		}

		// The host's two questions in one line.
		const prompt = (...asked) => answered_once(goes(frappe.prompt(...asked)));
		const confirm = (...asked) => answered_once(goes(frappe.confirm(...asked)));

		// What stays on the screen until the server has answered. A promise of the host's may never end, without a connection or where
		// a field is still to be filled: nothing is on its way then.
		function one_at_a_time(action) {
			if (!action) return action;
			let on_its_way = false;
			return function (...values) {
				if (on_its_way && frappe.request.ajax_count) return;
				const answer = action.apply(this, values);
				if (!answer?.then) return answer;
				on_its_way = true;
				const here = () => (on_its_way = false);
				answer.then(here, here);
				return answer;
			};
		}

		// The host's "disabled" looks like it and can be clicked; so can what fades out. And what was typed stays on the screen while
		// there is no connection: the host says so, and what it would call is not called.
		function answered_once(shown) {
			let gone = false;
			shown.$wrapper.on("show.bs.modal hide.bs.modal", ({ type, target }) => {
				if (target === shown.$wrapper[0]) gone = type === "hide";
			});
			// Bootstrap says no "hide" while it fades in, and a key that is held answers again.
			const { hide, get_primary_btn } = shown;
			shown.hide = () => {
				gone = true;
				hide();
			};
			// What the host makes of Enter would go past all that is not jQuery's.
			shown.get_primary_btn = () => {
				const button = get_primary_btn.call(shown);
				button.trigger = (what, ...more) => {
					if (what !== "click" || !button[0]) return $.fn.trigger.call(button, what, ...more);
					button[0].click();
					return button;
				};
				return button;
			};
			shown.$wrapper[0].addEventListener(
				"click",
				(event) => {
					const button = event.target.closest(".modal-footer button");
					if (!button) return;
					const again = gone || event.detail > 1 || button.classList.contains("disabled");
					const lost = !again && button.matches(".btn-modal-primary") && !frappe.is_online();
					if (lost) say_it_is_lost();
					if (!again && !lost) return;
					event.preventDefault();
					event.stopImmediatePropagation();
				},
				true
			);
			return shown;
		}

		const say_it_is_lost = () => frappe.show_alert({ message: __("No connection"), indicator: "orange" });

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

		return { dialog, prompt, confirm, one_at_a_time };
	})()
);

frappe.dom.set_style(
	`.keep-dialog .help-box { color: var(--text-muted) !important; }
	.keep-dialog .frappe-control[data-fieldtype="HTML"] a { text-decoration: underline; }`,
	"keep-dialog"
);
