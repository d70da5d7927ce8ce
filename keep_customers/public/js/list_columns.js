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
				const shown = frappe.datetime.str_to_user(moment);
				return `<span class="ellipsis keep-moment" title="${shown}">${shown.split(" ")[0]}</span>`;
			},
		])
	);

// From 16 on a column has its field's name as a class, and "result" is the framework's for all rows together: 200 px high.
frappe.dom.set_style(
	`.frappe-list .list-row-col.result { min-height: 0 !important; min-width: 0 !important; overflow: hidden; }
	/* A word of six letters has the room of twenty, and the day at the end none. */
	[data-route^="List/Complaint Case"] .list-row-col.severity { flex: 0 0 96px !important; min-width: 0 !important; }
	/* What is missing of a share is white in the dark. */
	[data-theme="dark"] .frappe-list .list-row-col .progress { background-color: var(--control-bg); }
	/* What is wider than its column loses its end alone, not the dot before it too. */
	.frappe-list .list-row-col .indicator-pill.ellipsis { max-width: 100%; justify-content: flex-start; }
	.frappe-list .list-row-col .indicator-pill.ellipsis::before { flex: none; }
	.frappe-list .list-row-col .indicator-pill.ellipsis > .ellipsis { min-width: 0; }`,
	"keep-list-columns"
);
