// What the customer said besides: one folded line where the result is tapped, and two links to what is more than a line. The
// dialog that closing a ToDo asks for has the same fields.
frappe.provide("keep_customers.contact");

keep_customers.contact.also = (() => {
	const { text } = keep_customers.contact.pieces;
	const on = (name) => `.keep-also [name=${name}]`;

	// As a dialog's fields; each has the name that it has in Customer Touch. In the order in which two stand side by side.
	const fields = () =>
		[
			{ fieldname: "demand_date", fieldtype: "Date", label: __("Needed On", null, "Customer Touch"), mandatory_depends_on: "demand_amount" },
			{ fieldname: "demand_amount", fieldtype: "Currency", label: __("Amount", null, "Customer Touch") },
			frappe.model.can_read("Competitor") && {
				fieldname: "competitor",
				fieldtype: "Link",
				options: "Competitor",
				label: __("Competitor", null, "Customer Touch"),
			},
			{ fieldname: "competitor_price", fieldtype: "Currency", label: __("Their Price") },
			{ fieldname: "price_remark", fieldtype: "Small Text", label: __("Remark on Price or Competitor") },
			{
				fieldname: "route_to",
				fieldtype: "Select",
				label: __("Pass On To", null, "Customer Touch"),
				options: [
					{ value: "", label: "" },
					{ value: "Rep", label: __("Rep", null, "Customer Touch") },
					{ value: "Region", label: __("Region", null, "Customer Touch") },
					{ value: "Head Office", label: __("Head Office", null, "Customer Touch") },
				],
			},
			{ fieldname: "satisfaction", fieldtype: "Rating", label: __("Satisfaction") },
			{ fieldname: "event_wish", fieldtype: "Data", length: 140, label: __("Wish for an Event") },
		].filter(Boolean);

	// For a dialog, but for satisfaction, which has its place further up. `typed`: name -> what was typed on the card.
	function dialog_fields(currency, typed) {
		const found = fields().filter((one) => one.fieldname !== "satisfaction");
		for (const one of found) {
			one.default = one.fieldtype === "Currency" ? number(typed(one.fieldname) || "") || undefined : typed(one.fieldname);
			if (one.fieldtype === "Currency") one.description = text(currency);
		}
		const section = { fieldtype: "Section Break", fieldname: "also_section", label: __("They Also Said"), collapsible: 1 };
		if (found.some((one) => one.default)) delete section.collapsible;
		const half = found.findIndex((one) => one.fieldname === "price_remark");
		return [section, ...found.slice(0, half), { fieldtype: "Column Break", fieldname: "also_column" }, ...found.slice(half)];
	}

	// `about`: customer, customer_name, contact, channel; of the last two what is known.
	function html(about) {
		return `<div class="keep-also">
			<details><summary>${text(__("They also said …"))}</summary>
				<div class="keep-also-fields">${fields().map(field).join("")}</div>
				<div class="keep-also-wrong" role="alert"></div>
			</details>
			${links(about)}
		</div>`;
	}

	function links({ customer, customer_name, contact, channel }) {
		const may = frappe.model.can_create;
		const link = (kind, label) => `<button type="button" class="btn btn-link btn-xs" data-also="${kind}">${text(label)}</button>`;
		return `<div class="keep-also-links" data-customer="${text(customer)}" data-name="${text(customer_name || customer)}"
			data-contact="${text(contact)}" data-channel="${text(channel)}">
			${may("Complaint Case") ? link("complaint", __("Complaint", null, "Customer Feedback")) : ""}
			${may("Lead") ? link("recommendation", __("Recommendation")) : ""}</div>`;
	}

	function field({ fieldname, fieldtype, label, options, length }) {
		const name = `name="${fieldname}" class="form-control"`;
		const choose = (rows) => `<select ${name}>${rows.map(([value, shown]) => `<option value="${text(value)}">${text(shown)}</option>`).join("")}</select>`;
		const stars = [5, 4, 3, 2, 1].map((many) => [many / 5, `${many}/5 ${"★".repeat(many)}`]);
		const entry = {
			Date: () => `<input type="date" ${name} min="${frappe.datetime.get_today()}">`,
			Currency: () => `<input ${name} inputmode="decimal" autocomplete="off" maxlength="21">`,
			Link: () => choose([["", ""]]), // filled when it is opened
			Select: () => choose(options.map(({ value, label }) => [value, label])),
			Rating: () => choose([["", ""], ...stars]),
			"Small Text": () => `<textarea ${name} rows="1" maxlength="2000"></textarea>`,
			Data: () => `<input ${name} maxlength="${length}">`,
		}[fieldtype]();
		const wide = ["Small Text", "Data"].includes(fieldtype) ? " keep-wide" : "";
		return `<label class="keep-also-field${wide}" data-kind="${fieldtype}"><span>${text(label)} <small></small></span>${entry}</label>`;
	}

	// As the user writes numbers; NaN where it is none.
	function number(value) {
		const said = value.trim();
		if (!said) return 0;
		return /^[\d.,'’\s]*$/.test(said) ? flt(said.replace(/[\s'’]/g, "")) : NaN;
	}

	// What was filled in, as the server takes it; nothing as long as something is wrong, which is then said.
	function typed($card) {
		const found = {};
		for (const { fieldname, fieldtype } of fields()) {
			const value = ($card.find(on(fieldname)).val() || "").trim();
			if (value) found[fieldname] = ["Currency", "Rating"].includes(fieldtype) ? number(value) : value;
		}
		if (found.satisfaction) found.satisfaction = Number($card.find(on("satisfaction")).val());
		for (const name of ["demand_amount", "competitor_price"])
			if (Number.isNaN(found[name])) return wrong($card, name, __("Please enter the amount as a number."));
		if (found.demand_amount && !found.demand_date)
			return wrong($card, "demand_date", __("When does the customer need it? Without a day the demand cannot be followed up."));
		if (found.demand_date && found.demand_date < frappe.datetime.get_today())
			return wrong($card, "demand_date", __("What a customer needs cannot be needed before the contact."));
		return found;
	}

	// With the decimals it has, not more.
	const amount_of = (value) => format_number(value, null, (String(value).split(".")[1] || "").length);

	function wrong($card, name, why) {
		$card.find(".keep-also details").prop("open", true);
		$card.find(".keep-also-wrong").text(why);
		$card.find(on(name)).addClass("keep-missing").trigger("focus")[0].scrollIntoView({ block: "nearest" });
	}

	// What was taken back, or kept while the form was drawn anew, is there again.
	function fill($card, values) {
		let any = false;
		for (const { fieldname, fieldtype } of fields()) {
			const value = values[fieldname];
			if (value == null || value === "") continue;
			any = true;
			const $field = $card.find(on(fieldname));
			if ($field.is("select") && !$field.find("option").get().some((one) => one.value === String(value)))
				$field.append($("<option>").val(value).text(value));
			$field.val(fieldtype === "Currency" && typeof value === "number" ? amount_of(value) : value);
		}
		if (any) $card.find(".keep-also details").prop("open", true);
	}

	// In words, of what is kept here still; a line each.
	const lines = (values) =>
		fields()
			.filter(({ fieldname }) => values[fieldname])
			.map(({ fieldname, fieldtype, label, options }) => {
				const value = values[fieldname];
				const chosen = Array.isArray(options) && options.find((one) => one.value === value)?.label;
				const said = {
					Date: () => frappe.datetime.str_to_user(value),
					Currency: () => amount_of(value),
					Rating: () => `${Math.round(value * 5)}/5`,
				}[fieldtype];
				return `${label}: ${said ? said() : chosen || value}`;
			});

	// For a request: all of them, as nothing is said with null.
	const sent = (values) => Object.fromEntries(fields().map(({ fieldname }) => [fieldname, values[fieldname] || null]));

	// What the fields offer: customer -> a promise of it. Without a connection it is asked for again, and nobody hears of it.
	const asked = (keep_customers.contact.also_offers ??= new Map());
	function offers(customer) {
		if (!asked.has(customer)) {
			const params = new URLSearchParams({ customer });
			const answer = fetch(`/api/method/keep_customers.care.also_said.choices?${params}`, {
				headers: { Accept: "application/json", "X-Frappe-CSRF-Token": frappe.csrf_token },
			}).then((got) => (got.ok ? got.json() : Promise.reject(got)));
			asked.set(customer, answer.then(({ message }) => message).catch(() => void asked.delete(customer)));
		}
		return asked.get(customer);
	}

	function offer($also) {
		const { customer } = $also.find(".keep-also-links")[0].dataset;
		offers(customer).then((found) => {
			if (!found) return;
			$also.find("[data-kind=Currency] small").text(`(${found.currency})`);
			const $competitor = $also.find("[name=competitor]");
			const there = new Set($competitor.find("option").get().map((one) => one.value));
			$competitor.append(found.competitors.filter((one) => !there.has(one)).map((one) => $("<option>").val(one).text(one)));
		});
	}

	// `$in`: where cards come and go, or one of them.
	function listen($in) {
		// It does not bubble.
		$in[0].addEventListener(
			"toggle",
			({ target }) => target.open && target.matches(".keep-also > details") && offer($(target).parent()),
			true
		);
		$in.on("input", ".keep-also [name]", ({ currentTarget }) => {
			$(currentTarget).removeClass("keep-missing").closest(".keep-also").find(".keep-also-wrong").empty();
		});
		// An amount as it was understood.
		$in.on("change", ".keep-also [data-kind=Currency] input", ({ currentTarget: one }) => {
			const amount = number(one.value);
			if (amount) one.value = amount_of(amount);
		});
		$in.on("click", "[data-also]", (event) => {
			event.preventDefault();
			if (event.detail > 1) return;
			const about = event.currentTarget.closest(".keep-also-links").dataset;
			if (event.currentTarget.dataset.also === "complaint") complain(about);
			else recommend(about);
		});
	}

	const told = (message, doc) =>
		frappe.show_alert({ message: `${text(message)} ${frappe.utils.get_form_link(doc.doctype, doc.name, true)}`, indicator: "green" }, 7);

	// The host says that it is saved also where it was not, as without a connection; then it is open, with what was typed.
	const quick_entry = () =>
		class extends frappe.ui.form.QuickEntryForm {
			insert() {
				return super.insert().then((doc) => (this.doc.__islocal ? new Promise(() => {}) : doc));
			}
		};

	function complain({ customer, contact, channel }) {
		frappe.model.with_doctype("Complaint Case", () => {
			const doc = frappe.model.get_new_doc("Complaint Case", null, null, true);
			Object.assign(doc, { customer, ...(contact && { contact }), ...(channel && { channel }) });
			const made = (complaint) => told(__("The complaint is recorded:"), complaint);
			frappe.quick_entry = new (quick_entry())("Complaint Case", made, null, doc);
			frappe.quick_entry.setup();
		});
	}

	// The host has no quick entry for a lead; who it is and a number will do. Its referral is made by itself.
	function recommend({ customer, name: customer_name }) {
		const OURS = ["first_name", "mobile_no", "company_name"];
		class Recommended extends quick_entry() {
			set_meta_and_mandatory_fields() {
				super.set_meta_and_mandatory_fields();
				const kept = this.docfields ? "docfields" : "mandatory"; // from 16 on; on 15
				const theirs = this[kept].filter(
					(df) => !OURS.includes(df.fieldname) && (df.allow_in_quick_entry || this.doc[df.fieldname] == null)
				);
				// This document's own: what is changed of them holds for no other.
				const own = OURS.map((name) => frappe.meta.get_docfield("Lead", name, this.doc.name)).filter(Boolean);
				own.forEach((df) => Object.assign(df, { mandatory_depends_on: "", reqd: Number(df.fieldname === "first_name") }));
				this[kept] = [...own, ...theirs];
			}

			is_quick_entry() {
				return !this.has_child_table();
			}
		}
		frappe.model.with_doctype("Lead", () => {
			const doc = frappe.model.get_new_doc("Lead", null, null, true);
			doc.keep_referred_by = customer;
			const made = (lead) => told(__("The recommendation is recorded:"), lead);
			const named = (entry) => entry.set_title?.(__("Recommended by {0}", [text(customer_name)]));
			frappe.quick_entry = new Recommended("Lead", made, named, doc);
			frappe.quick_entry.setup();
		});
	}

	return { dialog_fields, fill, html, lines, links, listen, offers, sent, typed };
})();

frappe.dom.set_style(
	`.keep-also { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 4px; margin-bottom: 8px; }
	.keep-result > .keep-also { margin-bottom: 0; }
	.keep-also > details { flex: 1 1 120px; min-width: 0; } /* not as wide as what is folded away */
	.keep-also > details[open] { flex: 1 1 100%; }
	.keep-also summary { color: var(--text-muted); padding: 4px 0; cursor: pointer; white-space: nowrap; }
	.keep-also-links { display: flex; }
	.keep-also .keep-also-links .btn { padding: 4px; font-size: var(--text-sm, 13px); color: var(--text-muted); text-decoration: underline; }
	.keep-also-fields { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 8px; padding: 4px 0 8px; }
	.keep-also-field { margin: 0; font-weight: normal; min-width: 0; }
	.keep-also-field > span { display: block; font-size: var(--text-sm); color: var(--text-muted); }
	.keep-also-field.keep-wide { grid-column: 1 / -1; }
	.keep-also-field textarea.form-control { height: 40px; min-height: 40px; margin: 0; resize: vertical; }
	.keep-also-field select.form-control { appearance: auto; } /* the host draws no arrow on them */
	.keep-also-wrong { color: var(--red-600, #c0392b); }
	@media (max-width: 767px) {
		.keep-also summary, .keep-also .keep-also-links .btn { padding-top: 10px; padding-bottom: 10px; }
		.keep-also-field .form-control { font-size: 16px; min-height: 40px; }
	}`,
	"keep-also"
);
