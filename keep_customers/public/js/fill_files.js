// One question about one customer at a time. What is put aside stays so on this device, until one begins anew.
frappe.provide("keep_customers");

keep_customers.FillFiles = class {
	constructor(page) {
		this.page = page;
		this.key = `keep_customers:fill:${frappe.session.user}`;
		this.$body = $(`<div class="kf-page"><div class="kf-progress"></div><main class="kf-now" aria-live="polite"></main></div>`).appendTo(
			page.main
		);
		// The second one of a double click was meant for the question before.
		this.$body.on("click", "[data-do]", ({ currentTarget, detail }) => detail > 1 || this[currentTarget.dataset.do]());
		this.$body.on("keydown", "input", (event) => {
			if (keep_customers.words.is_enter(event) && !event.isDefaultPrevented()) this.save();
		});
	}

	show() {
		const [, customer] = frappe.get_route();
		this.wanted = customer || frappe.route_options?.customer;
		frappe.route_options = null;
		this.next();
	}

	skipped() {
		return JSON.parse(localStorage.getItem(this.key) || "[]");
	}

	put_aside(fact) {
		localStorage.setItem(this.key, JSON.stringify([...this.skipped(), [this.question.customer, fact]].slice(-5000)));
		this.next();
	}

	dont_know() {
		this.put_aside(this.question.fact);
	}

	another() {
		this.wanted = null;
		this.put_aside("");
	}

	anew() {
		localStorage.removeItem(this.key);
		this.next();
	}

	next() {
		const sent = { skipped: this.skipped(), customer: this.wanted || null };
		return keep_customers
			.answered(frappe.xcall("keep_customers.files.fill.next_question", sent))
			.then((found) => this.render(found))
			.catch(() => this.question || this.$body.find(".kf-now").html(this.nothing(__("The next question could not be asked for."))));
	}

	render({ question, top, customers }) {
		const { text } = keep_customers.words;
		this.question = question;
		const part = top.customers ? Math.round((100 * top.filled) / top.customers) : 0;
		this.$body.find(".kf-progress").html(
			top.customers
				? `<div class="progress" role="progressbar" aria-valuenow="${top.filled}" aria-valuemin="0" aria-valuemax="${top.customers}"
					aria-label="${text(__("Full Files"))}"><div class="progress-bar" style="width: ${part}%"></div></div>
					${text(__("{0} of your {1} best customers have a full file", [top.filled, top.customers]))}`
				: ""
		);
		const $now = this.$body.find(".kf-now");
		if (!question) {
			$now.html(this.nothing(customers ? __("Nothing is left to ask. Thank you!") : __("You look after no customer yet.")));
			return;
		}
		$now.html(this.card(question));
		this.make_fields(question);
	}

	nothing(words) {
		const { text } = keep_customers.words;
		const anew = this.skipped().length
			? `<button class="btn btn-default" data-do="anew">${text(__("Ask Again What I Put Aside"))}</button>`
			: "";
		return `<div class="kf-card"><p>${text(words)}</p>${anew}</div>`;
	}

	card(question) {
		const { text, link } = keep_customers.words;
		const known = question.people.length ? __("In the file: {0}", [question.people.join(", ")]) : __("Nobody is in the file yet.");
		const tier = question.tier ? keep_customers.tier_pill?.(question.tier) || "" : "";
		return `<article class="kf-card">
			<h2>${link("Customer", question.customer, text(question.customer_name))} ${tier}</h2>
			<p class="kf-known">${text(known)}</p>
			<h3>${text(keep_customers.FillFiles.question(question.fact))}</h3>
			<div class="kf-fields" data-fact="${text(question.fact)}"></div>
			<div class="kf-buttons">
				<button class="btn btn-primary" data-do="save">${text(__("Save and Go On"))}</button>
				<button class="btn btn-default" data-do="dont_know">${text(__("I Do Not Know"))}</button>
			</div>
			<div class="kf-more">
				<button class="btn btn-link btn-sm" data-do="another">${text(__("Another Customer"))}</button>
				<button class="btn btn-link btn-sm" data-do="open_file">${text(__("Open the Whole File"))}</button>
			</div>
		</article>`;
	}

	make_fields({ fact, people, options }) {
		this.fields = new frappe.ui.FieldGroup({ fields: this.fields_of(fact, people, options), body: this.$body.find(".kf-fields")[0] });
		this.fields.make();
		for (const { $input, df } of this.fields.fields_list) $input?.attr("aria-label", df.label);
		// A keyboard that comes by itself hides half of a phone.
		if (!frappe.is_mobile()) this.$body.find(".kf-fields").find("input, textarea, select").first().trigger("focus");
	}

	fields_of(fact, people, options) {
		const who = { fieldname: "full_name", fieldtype: "Autocomplete", label: __("Full Name"), options: people };
		const phone = { fieldname: "phone", fieldtype: "Data", label: __("Phone", null, "Customer File Person") };
		const choice = (values, context) => ["", ...values].map((value) => ({ value, label: value && __(value, null, context) }));
		if (fact === "decision_maker") {
			const relations = choice(["Owner", "Decision Maker", "Buyer", "Technician", "Accountant", "Assistant", "Other"], "Customer File Person");
			return [
				who,
				{ fieldname: "relation", fieldtype: "Select", label: __("Relation", null, "Customer File Person"), options: relations },
				phone,
			];
		}
		if (fact === "phone") return [who, phone];
		if (fact === "birthday") {
			const calendars = [{ value: "Gregorian", label: __("Gregorian", null, "Customer File Person") }, { value: "Lunar", label: __("Lunar", null, "Customer File Person") }];
			return [
				who,
				{ fieldname: "occasion", fieldtype: "Data", label: __("Or an Occasion of the Firm") },
				{ fieldname: "date", fieldtype: "Date", label: __("Date") },
				{ fieldname: "calendar", fieldtype: "Select", label: __("Calendar"), options: calendars, default: "Gregorian" },
				{ fieldname: "month", fieldtype: "Int", label: __("Or the Month, Without a Year") },
				{ fieldname: "day", fieldtype: "Int", label: __("And the Day") },
			];
		}
		const label = __("Answer", null, "Fill the Files");
		if (options.length) return [{ fieldname: "text", fieldtype: "Select", label, options: choice(options, "Customer File") }];
		return [{ fieldname: "text", fieldtype: "Small Text", label }];
	}

	save() {
		if (this.saving) return;
		this.saving = true;
		const { customer, fact } = this.question;
		const said = this.fields.get_values(true) || {};
		keep_customers
			.answered(frappe.xcall("keep_customers.files.fill.answer", { customer, fact, said }))
			.then(
				() => this.next(),
				() => {} // what is wrong was said, and what was typed is still there
			)
			.finally(() => (this.saving = false));
	}

	open_file() {
		const { customer } = this.question;
		frappe.db.exists("Customer File", customer).then((is_there) => {
			if (is_there) frappe.set_route("Form", "Customer File", customer);
			else frappe.new_doc("Customer File", { customer });
		});
	}

	static question(fact) {
		return {
			decision_maker: __("Who decides there?"),
			birthday: __("Whose birthday, or which day of the firm, do you know?"),
			phone: __("At which number is somebody reached?"),
			specifications: __("Which sizes and specifications do they need?"),
			usage: __("What do they use it for?"),
			preferred_channel: __("How do they like to be reached?"),
			family: __("Who belongs to their family?"),
			work: __("What is their work, and how did they come to it?"),
			character: __("What are they like?"),
			leisure: __("What do they do in their free time?"),
			values: __("What matters to them?"),
			buying_habits: __("How do they buy?"),
			taste: __("What do they like?"),
			service_preference: __("How do they like to be served?"),
			promotion_attitude: __("What do they think of promotions?"),
		}[fact];
	}
};
