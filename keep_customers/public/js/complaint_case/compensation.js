// What the customer gets for the trouble: what the policy proposes, what it costs, and who decides.
keep_customers.complaint_case.compensation = (() => {
	const { text } = keep_customers.complaint_case;
	const NOTHING = "Nothing";
	const name_of = (kind) => __(kind, null, "Complaint Compensation");

	// The fields of a dialog; `given`: as compensations.proposal has it; `when`: the condition under which they are asked for.
	function fields(given, when) {
		const kinds = frappe.meta.get_docfield("Complaint Compensation", "kind").options.split("\n");
		const options = kinds.map((kind) => ({ value: kind, label: name_of(kind) }));
		if (given.may_deny) options.unshift({ value: NOTHING, label: __("Nothing") });
		const nothing = `${when} && doc.given_kind === "${NOTHING}"`;
		const something = `${when} && doc.given_kind !== "${NOTHING}"`;
		const ways = statuses(given);
		return [
			{ fieldname: "given_hint", fieldtype: "HTML", options: hint(given), depends_on: `eval:${when}` },
			{
				fieldname: "given_kind", fieldtype: "Select", label: __("What They Get"), options, depends_on: `eval:${when}`,
				default: given.why || given.status || !given.may_deny ? given.kind : NOTHING,
			},
			{
				fieldname: "given_because", fieldtype: "Small Text", max_height: "5rem", label: __("Why Nothing"), depends_on: `eval:${nothing}`,
				mandatory_depends_on: `eval:${nothing}`, default: given.why ? "" : __("The policy proposes nothing."),
			},
			{
				fieldname: "given_description", fieldtype: "Data", label: __("What", null, "Complaint Compensation"),
				depends_on: `eval:${something}`, mandatory_depends_on: `eval:${something}`, default: given.description,
			},
			{
				fieldname: "given_cost", fieldtype: "Float", depends_on: `eval:${something}`, default: given.cost, precision: 2,
				label: `${__("Cost", null, "Complaint Compensation")} (${given.currency})`,
			},
			{
				fieldname: "given_status", fieldtype: "Select", label: __("Status"), options: ways, depends_on: `eval:${something}`,
				default: given.status === "Approved" ? "Handed Over" : ways[0].value,
			},
		];
	}

	function statuses({ left, role, status }) {
		const found = [{ value: "Proposed", label: __("Proposed: {0} decides", [role]) }];
		if (left === null || left > 0 || status === "Approved") {
			found.unshift(
				{ value: "Approved", label: __("Approved: they get it soon") },
				{ value: "Handed Over", label: __("Handed over: they have it") }
			);
		}
		return found;
	}

	function hint({ why, left, currency, role, may_deny }) {
		const limit =
			left === null
				? ""
				: left > 0
				? __("You may approve up to {0}, more is for somebody with the role {1}.", [`${currency} ${left}`, role])
				: __("What costs anything is approved by somebody with the role {0}.", [role]);
		return `<p class="text-muted">${text(
			[
				why ? __("Something is proposed: {0}", [why]) : __("The policy proposes nothing."),
				limit,
				may_deny ? "" : __("That nothing is given is for them to say, too."),
			]
				.filter(Boolean)
				.join(" ")
		)}</p>`;
	}

	// What was entered, as the server takes it.
	const entered = (values) =>
		values.given_kind === NOTHING
			? { because: values.given_because || "" }
			: {
					kind: values.given_kind,
					description: values.given_description || "",
					cost: values.given_cost || 0,
					status: values.given_status,
			  };

	return { fields, entered };
})();
