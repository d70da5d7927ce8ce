// Tables within our forms on a phone. The framework draws every column of the list view, each a few letters wide (16), or a table
// twice as wide as the screen (15): there the first ones that matter are shown, a row's form has the others.
// prettier-ignore
const COLUMNS = { // of ten parts of the width
	"Complaint Compensation": { kind: 5, status: 5 },
	"Complaint Pause": { paused_on: 6, note: 4 },
	"Complaint Step": { step: 4, done_on: 6 },
	"Complaint Target": { tier: 5, severity: 5 },
	"Customer File Consent": { channel: 5, consent: 5 },
	"Customer File Occasion": { occasion: 5, date: 5 },
	"Customer File Person": { full_name: 5, relation: 5 },
	"Event Suggestion Vote": { customer: 4, said_on: 6 },
	"Forecast Check Candidate": { candidate: 7, points: 3 },
	"Forgotten Person Count": { kind: 4, done: 3, number: 3 },
	"Keep Absence": { user: 6, to_date: 4 },
	"Keep Age Limit": { kind: 7, months: 3 },
	"Keep Working Hours": { workday: 4, start_time: 3, end_time: 3 },
	"Maintenance Drive Fact": { fact: 7, weight: 3 },
	"Maintenance Drive Participant": { user: 7, points: 3 },
	"VIP Event Guest": { customer: 10 },
	"Visit Plan Day Note": { date: 4, note: 6 },
	"Visit Plan Stop": { customer: 4, appointment: 6 },
	"Volume Rebate Step": { from_amount: 6, percent: 4 },
};

const { make } = frappe.ui.form.ControlTable.prototype;
frappe.ui.form.ControlTable.prototype.make = function () {
	make.call(this);
	const { grid } = this;
	const shown = COLUMNS[this.df.options];
	if (!shown || !frappe.is_mobile()) return;
	this.$wrapper.addClass("keep-narrow");
	const { setup_visible_columns } = grid;
	grid.setup_visible_columns = function () {
		const drawn = this.visible_columns?.length;
		setup_visible_columns.call(this);
		// Who has chosen columns for themselves gets those.
		if (drawn || this.user_defined_columns?.length) return;
		const columns = this.visible_columns.filter(([df]) => shown[df.fieldname]);
		if (columns.length) this.visible_columns = columns.map(([df]) => [df, (df.colsize = shown[df.fieldname])]);
	};
};

frappe.dom.set_style(
	`@media (max-width: 767px) {
		.keep-narrow .form-grid-container .form-grid { min-width: 0; }
		.keep-narrow .form-grid .data-row > .row-index { display: none; }
		.keep-narrow .form-grid .data-row > .grid-static-col { flex-shrink: 1; min-width: 0; }
	}`,
	"keep-phone-tables"
);
