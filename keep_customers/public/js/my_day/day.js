// The page: what is next, what came of it, and on to the next one without going back to a list.
frappe.provide("keep_customers.my_day");

keep_customers.my_day.Day = class {
	constructor(page) {
		this.page = page;
		this.details = new Map(); // ToDo -> what the server says of it, for as long as the page is open
		this.skipped = [];
		this.recorded = 0; // since the server was asked how many are done
		this.$body = $(`<div class="kd-page">
			<div class="kd-notices" role="status" aria-live="polite"></div>
			<div class="kd-progress"></div>
			<div class="kd-columns"><main class="kd-now"></main><aside class="kd-rest"></aside></div>
			<label class="kd-home text-muted"><input type="checkbox"> ${__("Begin my day here")}</label>
		</div>`).appendTo(page.main);
		// Above the host's own messages, which come to the same place when a connection goes and comes.
		this.$said = $(`<div class="kd-said" role="status" aria-live="polite"></div>`).appendTo(document.body);
		this.outbox = new keep_customers.my_day.Outbox({
			changed: () => this.show_notices(),
			sent: (entry, answer) => this.was_sent(entry, answer),
		});
		this.listen();
		this.keys();
		window.addEventListener("online", () => {
			if (this.found) this.render();
			else this.load();
			this.look_at_the_day();
		});
		document.addEventListener("visibilitychange", () => this.look_at_the_day());
		setInterval(() => this.look_at_the_day(), 5 * 60_000);
	}

	// Left open overnight, it has the contacts of another day, and says that all is done.
	look_at_the_day() {
		const OLD = 3 * 60 * 60_000; // milliseconds; whose midnight it was does not matter
		const here = this.found && !document.hidden && this.$body.is(":visible");
		if (here && Date.now() - this.loaded_at > OLD) this.load();
	}

	show() {
		// Where the card stays while the rest is scrolled: below the head, which each version of the framework has elsewhere.
		const head = this.page.wrapper.find(".page-head")[0]?.getBoundingClientRect().bottom;
		this.$body[0].style.setProperty("--kd-top", `${Math.max(head || 0, 48) + 8}px`);
		// Who comes back from a ToDo sees the day as it is now.
		this.load().then(() => this.outbox.send(Infinity));
	}

	load() {
		// What the server knows of by now may be asked for again: who was not reached comes back.
		const settled = [...(this.settled || [])];
		return keep_customers.my_day
			.ask("keep_customers.care.my_day.today")
			.then((found) => {
				if (this.found?.today !== found.today) this.skipped = []; // "later today" was said of that day
				this.found = { ...this.found, ...found };
				this.loaded_at = Date.now();
				this.recorded = 0;
				settled.forEach((todo) => this.settled.delete(todo));
				// Somebody may have said no meanwhile, or a number is known now.
				this.old = new Set(this.details.keys());
				keep_customers.my_day.today = found.today;
				this.render();
				return keep_customers.my_day.ask("keep_customers.care.my_day.beside");
			})
			.then((beside) => {
				Object.assign(this.found, beside);
				this.show_rest();
			})
			.catch(() => this.found || this.show_unreachable());
	}

	// What is in the outbox is done for whoever did it.
	contacts() {
		const done = new Set(this.outbox.entries().map((one) => one.todo));
		const left = this.found.contacts.filter((one) => !done.has(one.todo) && !this.settled?.has(one.todo));
		const last = (one) => this.skipped.indexOf(one.todo);
		return left.sort((a, b) => last(a) - last(b));
	}

	// Whom one has chosen; else the first that is due, then what could be done already, then a second try of today.
	current() {
		const contacts = this.contacts();
		return contacts.find((one) => one.todo === this.at) || this.first(contacts);
	}

	first(contacts) {
		const untried = contacts.filter((one) => !one.tried);
		return untried.find((one) => one.due) || untried[0] || contacts.find((one) => one.due);
	}

	render() {
		const contacts = this.contacts();
		const current = this.current();
		this.at = current?.todo;
		this.show_progress();
		this.show_card(current);
		this.show_rest();
		this.$body.find(".kd-home input").prop("checked", Boolean(frappe.boot.keep_my_day));
		this.show_notices();
		this.fetch_ahead(contacts);
	}

	show_rest() {
		const found = { ...this.found, contacts: this.contacts() };
		this.$body.find(".kd-rest").html(keep_customers.my_day.sections.all(found, this.at));
	}

	show_progress() {
		const left = this.contacts().filter((one) => one.due).length;
		const done = this.found.done + this.recorded + this.outbox.waiting().length;
		const all = done + left;
		const part = all ? Math.round((100 * done) / all) : 0;
		this.$body.find(".kd-progress").html(
			all
				? `<div class="progress" role="progressbar" aria-valuenow="${done}" aria-valuemin="0" aria-valuemax="${all}"
					aria-label="${__("Contacts Today")}"><div class="progress-bar" style="width: ${part}%"></div></div>
					<span>${__("{0} of {1} done", [done, all])}</span>`
				: ""
		);
	}

	show_card(contact) {
		const $now = this.$body.find(".kd-now");
		if (!contact) {
			$now.html(this.nothing_left());
			return;
		}
		const $card = $(keep_customers.my_day.card.html(contact, this.details.get(contact.todo)));
		const $here = $now.find(`.kd-card[data-todo="${CSS.escape(contact.todo)}"]`);
		if (!$here.length) {
			$now.empty().append($card);
			return;
		}
		// What is being typed stays under the hands of who types: without a field in focus each letter would be a key of the page.
		for (const part of [".kd-marks", ".kd-people", ".kd-why", ".kd-ways", ".kd-say", ".keep-also-links", "[data-people].hidden"])
			$here.find(part).replaceWith($card.find(part));
	}

	nothing_left() {
		const done = this.found.done + this.recorded + this.outbox.waiting().length;
		const { text } = keep_customers.words;
		const way = (route, label) => `<a class="btn btn-default btn-sm" href="${text(route)}">${text(label)}</a>`;
		const list = (doctype) => frappe.utils.get_form_link(doctype, "").replace(/\/$/, "");
		return `<div class="kd-empty">
			<h2>${text(done ? __("All done for today") : __("Nothing is due today"))}</h2>
			<p class="text-muted">${text(
				done
					? __("Contacts: {0}. What is put off comes by itself.", [done])
					: __("Your contacts come here by themselves, every morning. Until then: look up somebody you have not spoken to for long, or plan your next visits.")
			)}</p>
			<div class="kd-when">
				${frappe.model.can_read("Customer") ? way(list("Customer"), __("Customers")) : ""}
				${frappe.model.can_create("Visit Plan") ? way(frappe.utils.get_form_link("Visit Plan", "new"), __("Plan Visits")) : ""}
				${way(`${list("ToDo")}?status=Open&allocated_to=${encodeURIComponent(frappe.session.user)}`, __("My ToDos"))}
			</div></div>`;
	}

	show_unreachable() {
		const { text } = keep_customers.words;
		this.$body.find(".kd-now").html(`<div class="kd-empty"><h2>${text(__("No connection"))}</h2>
			<p class="text-muted">${text(__("Your day comes as soon as there is one."))}</p>
			<button class="btn btn-default" data-do="reload">${text(__("Try Again"))}</button></div>`);
	}

	show_notices() {
		if (!this.$body) return;
		const { text, day } = keep_customers.words;
		const agreed_of = ({ next_step, next_step_date }) => next_step && `${next_step}, ${day(next_step_date)}`;
		const waiting = this.outbox.waiting().length;
		const lines = this.outbox.refused().map(
			(one) => `<div class="alert alert-warning"><b>${text(one.customer_name)}</b>: ${text(one.problem)}
				${[one.notes, agreed_of(one), ...keep_customers.contact.also.lines(one)].map((said) => (said ? `<q>${text(said)}</q>` : "")).join("")}
				${this.found?.contacts.some(({ todo }) => todo === one.todo) ? `<button class="btn btn-xs btn-default" data-change="${text(one.key)}">${text(__("Change It"))}</button>` : ""}
				<a href="${text(frappe.utils.get_form_link("ToDo", one.todo))}">${text(__("Open the ToDo"))}</a>
				<button class="btn btn-xs btn-default" data-drop="${text(one.key)}">${text(__("Discard", null, "My Day"))}</button></div>`
		);
		if (this.outbox.logged_out && waiting)
			lines.push(`<div class="alert alert-warning">${text(__("Please log in again. Kept here and sent then: {0}", [waiting]))}</div>`);
		else if (this.outbox.without_connection)
			lines.push(
				`<div class="alert alert-info">${text(
					waiting
						? __("No connection. Kept here and sent when it is back: {0}", [waiting])
						: __("No connection. What you enter is kept here and sent when it is back.")
				)}</div>`
			);
		const $notices = this.$body.find(".kd-notices").html(lines.join(""));
		this.$body[0].style.setProperty("--kd-notices", `${$notices.outerHeight() || 0}px`);
	}

	// The one that is shown, and the two after it: they are there when they are needed, with or without a connection.
	fetch_ahead(contacts) {
		const at = contacts.findIndex((one) => one.todo === this.at);
		for (const { todo, customer } of contacts.slice(at, at + 3)) {
			keep_customers.contact.also.offers(customer);
			if ((this.details.get(todo) && !this.old?.has(todo)) || this.asking?.has(todo)) continue;
			(this.asking ??= new Set()).add(todo);
			const ask = (method) => keep_customers.my_day.ask(method, { todo });
			Promise.all([
				ask("keep_customers.care.rep_help.for_todo"),
				ask("keep_customers.messaging.by_hand.message_for_todo"),
			])
				.then(([help, message]) => {
					this.details.set(todo, { help, message });
					this.old?.delete(todo);
				})
				.catch(({ status }) => {
					// Only a refusal takes away what is there.
					const known = !(status < 500) && this.details.get(todo);
					this.details.set(todo, known || (status ? false : null));
				})
				.finally(() => {
					this.asking.delete(todo);
					const current = this.current();
					if (current?.todo === todo) this.show_card(current);
				});
		}
	}

	go(steps) {
		const contacts = this.contacts();
		const at = contacts.findIndex((one) => one.todo === this.at);
		const next = contacts[Math.min(Math.max(at + steps, 0), contacts.length - 1)];
		if (next) this.go_to(next.todo);
	}

	go_to(todo) {
		this.at = todo;
		this.render();
		this.$body.find(".kd-here")[0]?.scrollIntoView({ block: "nearest" });
		this.to_the_top();
	}

	// What scrolls is another element in each of the framework's versions.
	to_the_top() {
		if (window.innerWidth < 992) this.$body[0].scrollIntoView({ block: "start" });
	}

	// result: reached, not_reached, agreed, not_useful; the last two first ask what, and why.
	answer(kind) {
		if (!this.at || !this.current()) return;
		const $card = this.$body.find(".kd-card");
		// What was agreed is typed already: it is not lost by the other button.
		const agreed = () => $card.find("[data-ask=agreed]").is(":visible") && $card.find("[data-field=next_step]").val().trim();
		if (kind === "reached") return agreed() ? this.agreed() : this.record("Reached");
		if (kind === "not_reached") return this.record("Not Reached");
		const $ask = $card.find(`[data-ask=${kind}]`);
		$card.find(".kd-ask").not($ask).attr("hidden", true);
		$ask.attr("hidden", !$ask.attr("hidden"));
		if ($ask.attr("hidden")) return;
		if (kind === "agreed") {
			const $date = $ask.find("[data-field=next_step_date]");
			$date.attr("min", frappe.datetime.get_today()).val($date.val() || frappe.datetime.add_days(frappe.datetime.get_today(), 7));
		}
		$ask.find("input, button").first().trigger("focus");
		$ask[0].scrollIntoView({ block: "nearest" });
	}

	agreed() {
		const value = (field) => this.$body.find(`.kd-card [data-field=${field}]`).val().trim();
		const [next_step, next_step_date] = [value("next_step"), value("next_step_date")];
		const over = next_step_date < keep_customers.my_day.today; // an empty one, too
		const missing = !next_step ? "next_step" : over && "next_step_date";
		if (missing) return this.$body.find(`.kd-card [data-field=${missing}]`).trigger("focus");
		this.record("Reached", { next_step, next_step_date });
	}

	not_useful(because, person) {
		const $notes = this.$body.find(".kd-card [data-field=notes]");
		if (because === "Other" && !$notes.val().trim()) return $notes.addClass("keep-missing").trigger("focus");
		this.record("Not Useful", { because, person });
	}

	record(result, more = {}) {
		const contact = this.current();
		const after = this.contacts();
		const at = after.indexOf(contact);
		const notes = this.$body.find(".kd-card [data-field=notes]").val().trim();
		const also = keep_customers.contact.also.typed(this.$body.find(".kd-card"));
		if (!also) return;
		const kept = this.outbox.put({ todo: contact.todo, customer_name: contact.customer_name, result, notes, ...also, ...more });
		const others = [...after.slice(at + 1), ...after.slice(0, at)];
		this.at = this.first(others)?.todo;
		this.render();
		this.to_the_top();
		this.say(kept);
	}

	// What was noted, to be taken back as long as it is here.
	say(entry) {
		const { text, day } = keep_customers.words;
		const what = {
			Reached: entry.next_step ? __("Agreed") : __("Reached", null, "Customer Touch"),
			"Not Reached": __("Not Reached", null, "Customer Touch"),
			"Not Useful": __("Not Useful"),
		}[entry.result];
		const then = entry.next_step
			? `${text(entry.next_step)}, ${day(entry.next_step_date)}`
			: (entry.result === "Not Reached" && text(__("again in two days"))) ||
			  (entry.because && text(__(entry.because, null, "Follow Up")));
		this.$said.html(`<span><b>${text(entry.customer_name)}</b>: ${[text(what), then].filter(Boolean).join(" · ")}</span>
			<button class="btn btn-xs btn-default" data-undo="${text(entry.key)}" data-todo="${text(entry.todo)}">${text(__("Undo"))}</button>`);
		clearTimeout(this.saying);
		this.saying = setTimeout(() => this.$said.empty(), 4000);
	}

	was_sent(entry, { said }) {
		(this.settled ??= new Set()).add(entry.todo);
		this.recorded += 1;
		if (entry.because && said) this.say_what_follows(entry, said);
		if (this.found) this.show_progress();
	}

	say_what_follows(entry, said) {
		const { text } = keep_customers.words;
		this.show_word(`<b>${text(entry.customer_name)}</b>: ${text(said)}`);
	}

	show_word(html) {
		this.$said.html(`<span>${html}</span>`);
		clearTimeout(this.saying);
		this.saying = setTimeout(() => this.$said.empty(), 6000);
	}

	undo(key, todo) {
		// Whoever put the telephone away has sent it, and finds the button where it was.
		const kept = this.outbox.entries().find((one) => one.key === key);
		if (!this.outbox.take_back(key))
			return this.show_word(keep_customers.words.text(__("It was sent already. What is wrong in it can be changed in the Customer Touch.")));
		this.$said.empty();
		this.go_to(todo);
		this.type_again(kept);
	}

	// What was taken back is there to be changed.
	type_again(kept) {
		const $card = this.$body.find(`.kd-card[data-todo="${CSS.escape(kept.todo)}"]`);
		for (const field of ["notes", "next_step", "next_step_date"]) $card.find(`[data-field=${field}]`).val(kept[field] || "");
		if (kept.next_step) $card.find("[data-ask=agreed]").attr("hidden", false);
		keep_customers.contact.also.fill($card, kept);
	}

	change(key) {
		const kept = this.outbox.entries().find((one) => one.key === key);
		if (!kept || !this.outbox.take_back(key)) return;
		this.go_to(kept.todo);
		this.type_again(kept);
	}

	call() {
		const { at } = this;
		if (this.details.get(at)?.help.can_call)
			return frappe
				.xcall("keep_customers.care.calls.call_for_todo", { todo: at })
				.then(() => frappe.show_alert({ message: __("Your telephone is about to ring."), indicator: "green" }));
		this.$body.find(".kd-ways a[href^='tel:']")[0]?.click();
	}

	listen() {
		const on = (selector, act) =>
			this.$body.add(this.$said).on("click", selector, (event) => {
				event.preventDefault();
				// The second one of a double click was meant for the contact before.
				if (!(event.detail > 1)) act(event.currentTarget.dataset);
			});
		on("[data-at]", ({ at }) => this.go_to(at));
		on("[data-result]", ({ result }) => this.answer(result));
		on("[data-in]", (data) =>
			this.$body
				.find(".kd-card [data-field=next_step_date]")
				.val(frappe.datetime.add_days(frappe.datetime.get_today(), Number(data.in)))
		);
		keep_customers.contact.results.listen_reasons(this.$body, (because, person) => this.not_useful(because, person));
		on("[data-undo]", ({ undo, todo }) => this.undo(undo, todo));
		on("[data-change]", (data) => this.change(data.change));
		keep_customers.contact.also.listen(this.$body);
		on("[data-drop]", ({ drop }) => {
			this.outbox.take_back(drop);
			this.load();
		});
		on("[data-do=agreed]", () => this.agreed());
		on("[data-do=call]", () => this.call());
		on("[data-do=letter]", () => keep_customers.show_message(this.at, this.details.get(this.at).message));
		on("[data-do=reload]", () => this.load());
		on("[data-do=skip]", () => {
			this.skipped = [...this.skipped.filter((one) => one !== this.at), this.at];
			this.at = null;
			this.render();
		});
		this.$body.on("keydown", "[data-field=next_step], [data-field=next_step_date]", (event) => {
			if (keep_customers.words.is_enter(event)) this.agreed();
		});
		this.$body.on("change", ".kd-home input", ({ target }) =>
			frappe.xcall("keep_customers.care.my_day_home.begin_here", { yes: target.checked }).then((yes) => {
				frappe.boot.keep_my_day = Number(yes);
			})
		);
	}

	// Among the framework's own keys: "?" shows them all.
	keys() {
		const add = (shortcut, description, action) =>
			frappe.ui.keys.add_shortcut({
				shortcut,
				description,
				page: this.page,
				condition: () => this.found && !window.cur_dialog?.display,
				action: (event) => {
					// Held down, one key would answer for everybody.
					if (!event.originalEvent?.repeat) action();
					return true;
				},
			});
		add("j", __("Next contact"), () => this.go(1));
		add("k", __("Contact before"), () => this.go(-1));
		add("c", __("Call", null, "My Day"), () => this.call());
		add("1", __("Reached", null, "Customer Touch"), () => this.answer("reached"));
		add("2", __("Not Reached", null, "Customer Touch"), () => this.answer("not_reached"));
		add("3", __("Agreed"), () => this.answer("agreed"));
		add("4", __("Not Useful"), () => this.answer("not_useful"));
		frappe.ui.keys.add_shortcut({
			shortcut: "enter",
			description: __("Open the ToDo"),
			page: this.page,
			// A button that has the focus is pressed by it.
			condition: () =>
				this.at && !window.cur_dialog?.display && !$(document.activeElement).closest("a, button, summary").is(":visible"),
			action: () => frappe.set_route("Form", "ToDo", this.at),
		});
	}
};
