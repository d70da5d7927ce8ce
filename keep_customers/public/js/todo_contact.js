// A care ToDo opens with the contact itself: who and how, why, what to say, and what came of it in one tap. The framework's
// fields are folded away. What is more complicated has the dialog that closing the ToDo asks for.
frappe.provide("keep_customers");
frappe.ui.form.on("ToDo", {
	refresh(frm) {
		if (frm.keep_outcome?.todo === frm.doc.name) return;
		frm.keep_outcome = null;
		frm.layout.wrapper.find(".keep-contact").remove();
		// Until it is known who asks, so that nothing jumps.
		const may = frappe.model.can_read("Customer") && frappe.model.can_read("Follow Up");
		fold(frm, frm.doc.keep_follow_up && !frm.is_new() && may && frm.keep_unfolded !== frm.doc.name);
	},
});

// As soon as it is known what may be shown; who may not read the customer keeps the plain form.
keep_customers.show_contact = (frm, help) => {
	// What was noted and what comes next stays until somebody goes on.
	if (frm.keep_outcome) return;
	frm.layout.wrapper.find(".keep-contact").remove();
	const card = $(`<div class="keep-contact"></div>`).prependTo(frm.layout.wrapper);
	const open = frm.doc.status === "Open";
	card.html(open ? contact_html(help, frm) : who_html(help));
	fold(frm, frm.keep_unfolded !== frm.doc.name);
	card.on("click", "[data-unfold]", (event) => {
		event.preventDefault();
		frm.keep_unfolded = frm.keep_unfolded === frm.doc.name ? null : frm.doc.name;
		fold(frm, frm.keep_unfolded !== frm.doc.name);
	});
	card.on("click", "[data-result]", (event) => tell(frm, card, event.currentTarget.dataset.result));
	card.on("click", "[data-because]", (event) => {
		card.find("[name=words]").val(event.currentTarget.dataset.because);
		tell(frm, card, "Not Needed");
	});
	card.on("click", "[data-message]", () =>
		frappe
			.xcall("keep_customers.messaging.by_hand.message_for_todo", { todo: frm.doc.name })
			.then((message) => show_message(frm, message))
	);
	card.on("click", "[data-dial]", () => call(frm, frm.doc.name));
	card.on("click", "[data-more]", () => frm.set_value("status", "Closed").then(() => frm.save()));
	const go = (...route) => {
		frm.keep_outcome = null;
		frappe.set_route(...route);
	};
	card.on("click", "[data-next]", (event) => go("Form", "ToDo", event.currentTarget.dataset.next));
	card.on("click", "[data-list]", () => go("List", "ToDo", "List"));
	if (open && keep_customers.call_on_opening === frm.doc.name) card.find("[data-call]")[0]?.click();
	keep_customers.call_on_opening = null;
};

keep_customers.show_no_contact = (frm) => {
	frm.layout.wrapper.find(".keep-contact").remove();
	fold(frm, false);
};

function tell(frm, card, result) {
	const field = (name) => card.find(`[name=${name}]`);
	const values = { words: field("words").val(), next_step: field("next_step").val(), next_step_date: field("next_step_date").val() };
	const missing = (name) => field(name).addClass("keep-missing").trigger("focus");
	if (result === "Agreed" && !values.next_step.trim()) return missing("next_step");
	if (values.next_step.trim() && ["Reached", "Agreed"].includes(result) && !values.next_step_date) return missing("next_step_date");
	if (result === "Not Needed" && !values.words.trim()) return card.find(".keep-because").removeClass("hidden");
	card.find("button").prop("disabled", true);
	frappe
		.xcall("keep_customers.care.results.tell", { todo: frm.doc.name, result, ...values })
		.then((outcome) => {
			frm.keep_outcome = { todo: frm.doc.name, ...outcome };
			card.html(outcome_html(frm.keep_outcome));
			return frm.reload_doc();
		})
		.catch(() => card.find("button").prop("disabled", false));
}

function fold(frm, folded) {
	for (const section of frm.layout.sections || []) {
		if (section.df.fieldname !== "keep_help_section") section.wrapper.toggleClass("keep-folded", Boolean(folded));
	}
}

const keep_text = (value) => frappe.utils.escape_html(String(value ?? ""));
const keep_day = (value) => (value ? keep_text(frappe.datetime.str_to_user(value)) : "");

function who_html(help) {
	const { value, tier, reach } = help;
	const pill = value?.tier
		? `<span class="indicator-pill ${keep_text((tier?.colour || "gray").toLowerCase())}">${keep_text(
				__(value.tier, null, "Customer Tier")
		  )}</span>`
		: "";
	const customer = frappe.utils.get_form_link("Customer", help.customer, true, keep_text(help.customer_name || help.customer));
	const risk = value?.value_at_risk
		? keep_text(__("{0} a year at risk", [format_currency(value.value_at_risk, value.currency, 0)]))
		: "";
	const facts = [reach.person !== help.customer_name && reach.person && keep_text(reach.person), help.due && keep_text(__("Due {0}", [frappe.datetime.str_to_user(help.due)])), risk];
	return `<div class="keep-who">${customer} ${pill}</div>
		<div class="text-muted keep-facts">${facts.filter(Boolean).join(" · ")}</div>
		<a href="#" class="keep-unfold" data-unfold>${keep_text(__("All Fields"))}</a>`;
}

function ways_of(help) {
	const { reach } = help;
	const digits = (number) => String(number).replace(/[^+\d]/g, "");
	const number = reach.phone || reach.mobile;
	const ways = [];
	if (help.can_call) ways.push(`<button class="btn btn-primary" data-call data-dial>${keep_text(__("Call {0}", [number || ""]))}</button>`);
	else if (number)
		ways.push(`<a class="btn btn-primary" data-call href="tel:${digits(number)}">${keep_text(__("Call {0}", [number]))}</a>`);
	ways.push(`<button class="btn btn-default" data-message>${keep_text(__("Message"))}</button>`);
	if (reach.mobile) ways.push(`<a class="btn btn-default" href="sms:${digits(reach.mobile)}">${keep_text(__("SMS"))}</a>`);
	if (reach.email)
		ways.push(`<a class="btn btn-default" href="mailto:${keep_text(encodeURIComponent(reach.email).replace("%40", "@"))}">${keep_text(__("Email"))}</a>`);
	if (reach.place) {
		const where = encodeURIComponent(reach.place);
		// A phone asks its own map; else any that is open to all.
		const map = /android/i.test(navigator.userAgent) ? `geo:0,0?q=${where}` : `https://www.openstreetmap.org/search?query=${where}`;
		ways.push(`<a class="btn btn-default" target="_blank" rel="noopener noreferrer" href="${map}">${keep_text(__("Map"))}</a>`);
	}
	if (!number && !reach.email)
		ways.push(`<span class="small text-muted">${keep_text(__("No address is known. Please enter one in the customer's contact."))}</span>`);
	return ways.join(" ");
}

function contact_html(help, frm) {
	const why = help.reasons.map((one) => keep_text(one.next_step || one.short || one.reason)).join("<br>");
	const things = help.to_say.map((one) => `<li>${keep_text(one)}</li>`).join("");
	const because = [__("Spoke to them already"), __("They have what they need"), __("Does not fit this customer")];
	const may = frm.perm[0]?.write !== 0;
	return `${who_html(help)}
		<div class="keep-ways">${ways_of(help)}</div>
		<div class="keep-why-now"><b>${why}</b></div>
		${things && `<ol class="keep-say">${things}</ol>`}
		${
			may
				? `<div class="keep-result">
			<textarea class="form-control" name="words" rows="1" placeholder="${keep_text(__("What was said (optional)"))}" aria-label="${keep_text(__("What was said (optional)"))}"></textarea>
			<div class="keep-next">
				<input class="form-control" name="next_step" maxlength="140" placeholder="${keep_text(__("Agreed next step"))}" aria-label="${keep_text(__("Agreed next step"))}">
				<input class="form-control" name="next_step_date" type="date" value="${keep_text(help.again.day)}" min="${frappe.datetime.get_today()}" aria-label="${keep_text(__("Its day"))}" title="${keep_text(help.again.why)}">
			</div>
			${help.again.why ? `<div class="small text-muted">${keep_text(__("Proposed: {0} ({1})", [frappe.datetime.str_to_user(help.again.day), help.again.why]))}</div>` : ""}
			<div class="keep-results">
				<button class="btn btn-success" data-result="Reached">${keep_text(__("Reached", null, "Customer Touch"))}</button>
				<button class="btn btn-default" data-result="Not Reached">${keep_text(__("Not Reached", null, "Customer Touch"))}<br><small>${keep_text(__("again {0}", [frappe.datetime.str_to_user(help.again_if_not)]))}</small></button>
				<button class="btn btn-default" data-result="Agreed">${keep_text(__("Agreed …"))}</button>
				<button class="btn btn-default" data-result="Not Needed">${keep_text(__("Not Needed …"))}</button>
			</div>
			<div class="keep-because hidden">${because
				.map((one) => `<button class="btn btn-default btn-sm" data-because="${keep_text(one)}">${keep_text(one)}</button>`)
				.join(" ")}<div class="small text-muted">${keep_text(__("Or write above why, and press it again."))}</div></div>
			<button class="btn btn-link btn-sm" data-more>${keep_text(__("More to note …"))}</button>
		</div>`
				: ""
		}`;
}

function outcome_html(outcome) {
	const next = outcome.next;
	return `<div class="keep-said" role="status">✓ ${keep_text(outcome.said)}</div>
		${
			next
				? `<button class="btn btn-primary keep-go-on" data-next="${keep_text(next.todo)}">${keep_text(__("Next Contact"))}: <b>${keep_text(
						next.customer_name
				  )}</b><br><small>${keep_text(next.why)}${next.date ? ` · ${keep_day(next.date)}` : ""}</small></button>`
				: `<div class="text-muted">${keep_text(__("That was the last one. Well done."))}</div>`
		}
		<button class="btn btn-default btn-sm" data-list>${keep_text(__("Back to the List"))}</button>`;
}

frappe.dom.set_style(
	`.keep-contact { position: relative; padding: 15px; border-bottom: 1px solid var(--border-color); }
	.keep-folded { display: none !important; }
	.keep-who { font-size: var(--text-xl); font-weight: 600; padding-right: 80px; }
	.keep-unfold { position: absolute; top: 18px; right: 15px; font-size: var(--text-sm); }
	.keep-ways { display: flex; flex-wrap: wrap; gap: 8px; margin: 10px 0; }
	.keep-say { margin: 6px 0 10px; padding-left: 20px; }
	.keep-result { display: grid; gap: 8px; }
	.keep-next { display: grid; grid-template-columns: 1fr 150px; gap: 8px; }
	.keep-results { display: grid; grid-template-columns: repeat(4, 1fr); gap: 8px; }
	.keep-because { display: flex; flex-wrap: wrap; gap: 6px; }
	.keep-because.hidden { display: none; }
	.keep-missing { border: 2px solid var(--red-500) !important; }
	.keep-said { font-weight: 600; margin-bottom: 10px; }
	.keep-contact textarea { height: auto; min-height: 40px; }
	.keep-contact small { white-space: normal; }
	.keep-go-on { display: block; width: 100%; max-width: 480px; padding: 10px; margin-bottom: 10px; white-space: normal; }
	.keep-contact .btn-link { justify-self: start; padding-left: 0; }
	@media (max-width: 767px) {
		.keep-ways .btn, .keep-results .btn { min-height: 44px; display: inline-flex; flex-direction: column; justify-content: center; align-items: center; }
		.keep-ways [data-call] { flex: 1 1 100%; }
		.keep-results { grid-template-columns: 1fr 1fr; }
		.keep-contact .form-control { font-size: 16px; }
	}`,
	"keep-todo-contact"
);
