// What can be done with a review now; what may follow what is decided on the server (engine/losses.py).
keep_customers.loss_review.actions = (() => {
	const { dialogs } = keep_customers.loss_review;

	// `panel`: as panel.shown gives it.
	function offer(frm, panel) {
		if (!panel.may_write) return;
		const { status, cause } = frm.doc;
		const explain = [__("Say Why"), () => dialogs.explain(frm, panel)];
		const correct = [__("Correct the Cause"), () => dialogs.explain(frm, panel)];
		const plan = [__("Plan Win-Back"), () => dialogs.plan(frm, panel)];
		const another = [__("Plan Another Step"), () => dialogs.plan(frm, panel)];
		const give_up = [__("Give Up"), () => dialogs.give_up(frm)];
		const moved = [__("It Only Moved"), () => dialogs.moved(frm)];
		const again = [__("Take Up Again"), () => dialogs.take_up_again(frm)];
		const waits = panel.plan.some((one) => one.pending);
		const offered = {
			Open: { next: [explain], more: [moved] },
			Explained: panel.final
				? { next: [give_up], more: [plan, correct, moved] }
				: { next: [plan], more: [give_up, correct, moved] },
			"Winning Back": { next: waits ? [] : [another], more: [waits && another, give_up, correct, moved] },
			"Won Back": { next: cause ? [] : [explain], more: [cause && correct] },
			"Given Up": { next: [], more: [again, another, cause && correct, moved] },
			"No Loss": { next: [], more: [again] },
		}[status];
		keep_customers.offer_actions(frm, offered.next, offered.more);
	}

	return { offer };
})();
