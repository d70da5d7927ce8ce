// What can be done with a document: the next step is its one dark button, the rest stands in groups beside it. On a small
// screen, where the host puts buttons into a menu, the next step stands above the form.
frappe.provide("keep_customers");

keep_customers.offer_actions = (() => {
	// `next`: each [label, action] or nothing; the first there is is the next step, the others are among the actions.
	// `groups`: name of a group -> such actions; a list is the group Actions.
	function offer(frm, next, groups) {
		make_room(frm);
		const [step, ...others] = next.filter(Boolean);
		const actions = __("Actions");
		// The host's buttons wait for a promise, and are dead where it ends badly: the server has refused, and is asked again.
		const once = (action) => {
			const guarded = keep_customers.one_at_a_time(action);
			return () => void guarded();
		};
		const all = Array.isArray(groups) ? { [actions]: groups } : groups;
		for (const [group, offered] of Object.entries({ ...all, [actions]: [...others, ...(all[actions] || [])] })) {
			for (const [label, action] of offered.filter(Boolean)) frm.add_custom_button(label, once(action), group);
		}
		frm.layout.wrapper.find(".keep-next-step").remove();
		if (step) show_step(frm, step[0], once(step[1]));
		one_dark_button(frm, step && step[0]);
	}

	// A long title is cut, not the buttons beside it; the framework 16 would have it the other way round.
	function make_room(frm) {
		frm.page.wrapper.find(".page-head .page-title").css("min-width", 0);
		frm.page.wrapper.find(".page-head .standard-items-section").css("flex-shrink", 0);
	}

	function show_step(frm, label, action) {
		frm.add_custom_button(label, action);
		const button = $(`<button class="btn btn-primary"></button>`)
			.text(label)
			.on("click", ({ detail }) => detail > 1 || action());
		$(`<div class="keep-next-step"></div>`).append(button).prependTo(frm.layout.wrapper);
	}

	// Save is dark only as long as there is something to save.
	function one_dark_button(frm, label) {
		const save = frm.page.btn_primary;
		const paint = () => {
			const first = label && !frm.is_dirty();
			if (label) frm.change_custom_button_type(label, null, first ? "primary" : "default");
			save.toggleClass("btn-primary", !first).toggleClass("btn-default", Boolean(first));
			const here = frm.layout.wrapper.find(".keep-next-step .btn");
			here.toggleClass("btn-primary", Boolean(first)).toggleClass("btn-default", !first);
		};
		$(frm.wrapper).off("dirty.keep_customers").on("dirty.keep_customers", paint);
		paint();
	}

	return offer;
})();

// The form is one for all documents of its kind: what was offered of the one before goes first, as the host takes its buttons.
$(document)
	.off("form-refresh.keep_customers")
	.on("form-refresh.keep_customers", (event, frm) => {
		const left = frm.layout?.wrapper.find(".keep-next-step");
		if (!left?.length) return;
		left.remove();
		$(frm.wrapper).off("dirty.keep_customers");
		frm.page.btn_primary.addClass("btn-primary").removeClass("btn-default");
	});

frappe.dom.set_style(
	`.keep-next-step { padding: 10px 15px; }
	.keep-next-step .btn { width: 100%; min-height: 44px; white-space: normal; }
	@media (min-width: 992px) { .keep-next-step { display: none; } }`,
	"keep-actions"
);
