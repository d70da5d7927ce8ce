// The page: which step, what is asked, what would come of it, and on to the next.
frappe.provide("keep_customers.set_up");

keep_customers.set_up.Guide = class {
	constructor(page) {
		this.$body = $(`<div class="ks-page"><nav aria-label="${__("Steps")}"><ol class="ks-steps"></ol></nav>
			<main class="ks-card"></main></div>`).appendTo(page.main);
		this.$body.on("click", "[data-step]", (event) => this.show($(event.currentTarget).data("step")));
		this.$body.on("click", "[data-do=go-on]", () => this.go_on());
		this.$body.on("click", "[data-do=night]", () => this.run_night());
		this.$body.on("click", "[data-do=take-suggested]", (event) => this.take_suggested($(event.currentTarget).data("groups")));
		this.look_soon = frappe.utils.debounce(() => this.look(), 400);
	}

	// Who comes back goes on where they were.
	load() {
		return frappe.xcall("keep_customers.setup.guided.steps.state").then((state) => {
			this.state = state;
			const done = state.steps.indexOf(state.done);
			return this.show(state.steps[done + 1] || "result");
		});
	}

	show(step) {
		this.step = step;
		this.group = null;
		this.show_steps();
		if (step === "result") return this.show_result();
		const question = keep_customers.set_up.questions[step];
		const { text } = keep_customers.words;
		const at = this.state.steps.indexOf(step);
		this.$body.find(".ks-card").html(`<p class="text-muted">${text(__("Step {0} of {1}", [at + 1, this.state.steps.length]))}</p>
			<h2>${text(question.title())}</h2><p>${text(question.why())}</p>
			<div class="ks-fields"></div><div class="ks-preview" aria-live="polite"></div>
			<footer>${at ? `<button class="btn btn-default" data-step="${this.state.steps[at - 1]}">${text(__("Back"))}</button>` : "<span></span>"}
			<button class="btn btn-primary" data-do="go-on">${text(__("Save and Go On"))}</button></footer>`);
		return step === "night" ? this.show_night() : this.look();
	}

	show_steps() {
		const { text } = keep_customers.words;
		const { steps, done } = this.state;
		const reached = steps.indexOf(done) + 1;
		this.$body.find(".ks-steps").html(
			steps
				.map((one, place) => {
					const title = text(keep_customers.set_up.questions[one].title());
					return `<li ${one === this.step ? 'aria-current="step"' : ""}><button data-step="${one}" title="${title}" ${place > reached ? "disabled" : ""}>
						<span class="ks-mark">${place < reached ? "✓" : place + 1}</span><span class="ks-word">${title}</span></button></li>`;
				})
				.join("")
		);
	}

	values() {
		const values = {};
		for (const [name, value] of Object.entries(this.group?.get_values(true) || {})) if (value !== undefined) values[name] = value;
		// A field that was emptied is not among them.
		for (const field of this.group?.fields_list || []) if (field.df.fieldname) values[field.df.fieldname] ??= field.df.fieldtype === "MultiSelectPills" ? [] : null;
		return { ...values, ...keep_customers.set_up.rules.chosen(this.$body.find(".ks-card")) };
	}

	look() {
		const step = this.step;
		const { previews } = keep_customers.set_up;
		const $preview = this.$body.find(".ks-preview").addClass("ks-busy");
		return frappe
			.xcall("keep_customers.setup.guided.steps.look", { step, values: this.values() })
			.then((found) => {
				if (step !== this.step) return;
				this.make_fields(found);
				$preview.html(previews.warnings(found) + previews[step](found));
				if (step === "rules") keep_customers.set_up.rules.show(this.$body.find(".ks-card"), found);
			})
			.catch(() => {}) // what is wrong is said by the framework
			.finally(() => $preview.removeClass("ks-busy"));
	}

	make_fields(found) {
		if (this.group) return;
		const fields = keep_customers.set_up.questions[this.step].fields(found);
		this.group = new frappe.ui.FieldGroup({ fields, body: this.$body.find(".ks-fields")[0] });
		this.group.make();
		if (this.step === "rules") keep_customers.set_up.rules.draw(this.$body.find(".ks-fields"), found, () => this.look_soon());
		const known = { ...found, min_amount: found.rules?.find((one) => one.trigger === "Purchase Amount")?.min_amount };
		return this.group.set_values(known).then(() =>
			this.group.fields_list.forEach((field) => {
				field.df.change = field.df.onchange = () => this.look_soon();
			})
		);
	}

	take_suggested(groups) {
		const chosen = this.group.get_value("ranked_groups") || [];
		return this.group.set_value("ranked_groups", [...chosen, ...groups]).then(() => this.look());
	}

	go_on() {
		return frappe
			.xcall("keep_customers.setup.guided.steps.save", { step: this.step, values: this.values() }, "POST", { freeze: true })
			.then((state) => {
				this.state = state;
				return this.show(state.steps[state.steps.indexOf(this.step) + 1] || "result");
			})
			.catch(() => {});
	}

	show_night() {
		const { text } = keep_customers.words;
		const { run } = this.state;
		const $go_on = this.$body.find("[data-do=go-on]");
		const $preview = this.$body.find(".ks-preview");
		const again = `<button class="btn btn-${run.name ? "default" : "primary"}" data-do="night">${text(run.name ? __("Run Again") : __("Rank the Customers Now"))}</button>`;
		$preview.html((run.name ? keep_customers.set_up.night.told(run) : "") + again);
		$go_on.text(__("Go On")).toggleClass("btn-primary", Boolean(run.name)).prop("disabled", !run.name || run.status === "Failed");
		if (run.status === "Running") this.follow(run.name);
	}

	run_night() {
		keep_customers.set_up.night.start(this.$body.find(".ks-preview"), (run) => this.night_is_over(run)).catch(() => this.show("night"));
	}

	follow(name) {
		keep_customers.set_up.night.follow(this.$body.find(".ks-preview"), `before ${name}`, (run) => this.night_is_over(run));
	}

	night_is_over(run) {
		this.state.run = run;
		if (this.step === "night") this.show("night");
	}

	show_result() {
		const { text } = keep_customers.words;
		const { run } = this.state;
		const way = (route, label, why) => `<li><a href="${text(route)}"><b>${text(label)}</b></a><br><small class="text-muted">${text(why)}</small></li>`;
		const list = (type, name) => frappe.utils.generate_route({ type, name, doctype: name, is_query_report: 1 });
		const ranked = run.customers
			? `${keep_customers.set_up.night.ranked(run)} ${__("From the next night on the rules make ToDos, on working days.")}`
			: __("Nobody is ranked yet: nobody has bought anything that counts. Every night looks again, and tiers come with the first invoices that are submitted.");
		this.$body.find(".ks-card").html(`<h2>${text(__("Set up"))}</h2>
			<p>${text(run.name ? ranked : __("From the next night on the rules make ToDos, on working days."))}</p>
			<h3>${text(__("What to Do Next"))}</h3><ul class="ks-next">
			${way(list("report", "Tier Overview"), __("Look at the tiers"), __("Do the names in the best tier surprise you? Then look at the policy again."))}
			${way(list("report", "Care Preview"), __("Look at the next contacts"), __("Whom the rules would contact, and what is held back."))}
			${way(list("doctype", "Care Rule"), __("Switch on more rules"), __("Birthdays, first purchases, deliveries, complaints."))}
			${way(list("doctype", "User"), __("Give your reps the role Sales User"), __("They land on My Day when they choose so there."))}
			${way(list("doctype", "Keep Customers Settings"), __("Everything else"), __("Complaints, events, absences and limits are in the settings."))}
			</ul>`);
	}
};
