// Formatters of a list's columns, by field, that have no room for all the framework writes into them.
frappe.provide("keep_customers");

const filterable = (fieldname, stored, shown) => {
	const { escape_html } = frappe.utils;
	const value = String(stored);
	return `<span class="ellipsis" title="${escape_html(value)}"><a class="filterable ellipsis"
		data-filter="${fieldname},=,${escape_html(value)}">${escape_html(shown)}</a></span>`;
};

// Users by name. Where Desk does not know it, as of others on the framework 15, by what stands before the @.
keep_customers.list_people = (...fieldnames) =>
	Object.fromEntries(
		fieldnames.map((fieldname) => [
			fieldname,
			(user) => (user ? filterable(fieldname, user, frappe.user.full_name(user).split("@")[0]) : ""),
		])
	);

// Numbers that are whole more often than not: the framework writes 3 and 0.000 below each other.
keep_customers.list_numbers = (...fieldnames) =>
	Object.fromEntries(
		fieldnames.map((fieldname) => [
			fieldname,
			(value) => filterable(fieldname, flt(value), format_number(flt(value), null, flt(value) % 1 ? 1 : 0)),
		])
	);

// The day of a moment; the hour is in its tooltip.
keep_customers.list_days = (...fieldnames) =>
	Object.fromEntries(
		fieldnames.map((fieldname) => [
			fieldname,
			(moment) => {
				if (!moment) return "";
				const shown = keep_customers.moment(moment);
				return `<span class="ellipsis keep-moment" title="${shown}">${shown.split(" ")[0]}</span>`;
			},
		])
	);

// What days, numbers and short words need. From 16 on the framework gives every column at least 150 px and lets the list be
// pushed aside: on most screens the last columns, the days among them, would be seen by nobody.
const WIDTHS = {
	"Care Rule": { channel: 90, due_in_days: 110 },
	"Care Run": { seconds: 80, customers: 80, moves: 90 },
	"Care Run Set Aside": { nights: 80 },
	"Complaint Case": { customer: 130, step: 128, severity: 80, solve_due: 92 },
	"Consent Record": { channel: 100, consent: 100, on_date: 92 },
	"Customer Feedback": { given_on: 92, kind: 100, solved: 80, rating: 110, person_rating: 110 },
	"Customer Item Group": { amount: 110, share: 80, last_purchase: 100, next_purchase: 110 },
	"Customer Value": { status: 100, tier: 92, current_value: 96, value_at_risk: 96, last_purchase: 96, next_purchase: 100 },
	"Follow Up": { due_date: 84 },
	"Standard Answer": { language: 100, times_used: 90 },
	"Tier Policy": { priority: 66, review: 92 },
};

function narrow() {
	// What a document's indicator says stands in the third one, behind the tags, and has no name.
	const column = (field) => (field === "status" ? ":nth-child(3)" : `.${field}`);
	return Object.entries(WIDTHS)
		.flatMap(([doctype, columns]) =>
			Object.entries(columns).map(
				([field, width]) =>
					`[data-route^="List/${doctype}/List"] .list-row-col${column(field)} { flex: 0 0 ${width}px !important; min-width: 0 !important; }`
			)
		)
		.join("\n");
}

// From 16 on a column has its field's name as a class, and "result" is the framework's for all rows together: 200 px high.
frappe.dom.set_style(
	`.frappe-list .list-row-col.result { min-height: 0 !important; min-width: 0 !important; overflow: hidden; }
	${narrow()}
	/* What is missing of a share is white in the dark. */
	[data-theme="dark"] .frappe-list .list-row-col .progress { background-color: var(--control-bg); }
	/* What is wider than its column loses its end alone, not the dot before it too. */
	.frappe-list .list-row-col .indicator-pill.ellipsis { max-width: 100%; justify-content: flex-start; }
	.frappe-list .list-row-col .indicator-pill.ellipsis::before { flex: none; }
	.frappe-list .list-row-col .indicator-pill.ellipsis > .ellipsis { min-width: 0; }`,
	"keep-list-columns"
);
