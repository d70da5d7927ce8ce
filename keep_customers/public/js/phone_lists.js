// On a phone the framework 15 puts every standard filter above the rows: two stay, all are behind the button of the filters.
// From 16 on, which has sidebars, it folds them itself.
// prettier-ignore
const LISTS = [
	"Customer", "Care Message", "Care Notice", "Care Rule", "Care Run", "Care Run Set Aside", "Complaint Case",
	"Complaint Category", "Complaint Cause", "Complaint Measure", "Consent Record", "Contact Confirmation",
	"Customer Feedback", "Customer File", "Customer Item Group", "Customer Tier", "Customer Touch", "Customer Value",
	"Event Suggestion", "Fact Check", "Follow Up", "Forecast Check", "Forgotten Person", "Loss Cause", "Loss Review",
	"Maintenance Drive", "Maintenance Drive File", "Rebate Claim", "Referral", "Standard Answer", "Tier Benefit", "Tier Change",
	"Tier Policy", "VIP Event", "VIP Invitation", "Visit Plan", "Volume Rebate",
];

// What else has a title that would end after a quarter of the width.
const PAGES = [
	...["Keep Customers", "My Customers", "Care Overview", "Customer Complaints", "Care Settings"].map((one) => `Workspaces/${one}`),
	"customers-by-tier",
];

if (!frappe.boot?.workspace_sidebar_item) {
	const on = (part) => LISTS.map((one) => `[data-page-route^="List/${one}/"] ${part}`).join(", ");
	frappe.dom.set_style(
		`@media (max-width: 767px) {
			${on(".standard-filter-section > :nth-child(n + 3)")} { display: none !important; }
			${on(".list-row-head .level-left")} { flex: 1 1 0 !important; min-width: 0; }
			${on(".list-row-head .level-right")} { flex: none !important; white-space: nowrap; }
			/* A title that ends after a quarter of the width, and a status that is cut where a name is long. */
			${on(".page-head .title-text")} { max-width: 54vw; }
			${PAGES.map((one) => `[data-route="${one}"] .page-head .title-text`).join(", ")} { max-width: 54vw; }
			${on(".list-row .level-left")} { flex: 1 1 0 !important; min-width: 0; max-width: none; }
			${on(".list-row .level-right")} { flex: none !important; margin-left: 8px; }
		}`,
		"keep-phone-lists"
	);
}
