// On a phone the framework 15 puts every standard filter above the rows: two stay, all are behind the button of the filters.
// From 16 on, which has sidebars, it folds them itself, and shows two columns below a row's title.
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

// What is said at the top of a form ends before the cross that closes it.
const FORMS = [...LISTS.slice(1), "Keep Customers Settings"];
const forms = (part) => FORMS.map((one) => `[data-page-route="${one}"] ${part}`).join(", ");
frappe.dom.set_style(
	`@media (max-width: 767px) {
		${forms(".form-message:has(.close-message)")} { padding-right: 28px; }
		/* What the framework reads out beside a field of many names makes the page wider than the screen. */
		${forms(".awesomplete > .visually-hidden")} { left: 0; }
	}`,
	"keep-phone-messages"
);

const on = (part) => LISTS.map((one) => `[data-page-route^="List/${one}/"] ${part}`).join(", ");

if (frappe.boot?.workspace_sidebar_item) {
	// Two columns stand below a row's title, with a dot between them where both say something. A rule's name leaves room for the day.
	const BOTH = ".mobile-layout-seperator:not(.no-seperator):has(~ .mobile-layout .filterable:not(:empty), ~ .mobile-layout .keep-moment)";
	frappe.dom.set_style(
		`@media (max-width: 576px) {
			${on(".list-row .mobile-layout-seperator::after")} { content: none !important; }
			${on(`.list-row ${BOTH}::after`)} { content: "\\2022" !important; }
			[data-page-route^="List/Follow Up/"] .list-row .mobile-layout { vertical-align: top; }
			[data-page-route^="List/Follow Up/"] .list-row ${BOTH} { max-width: calc(100vw - 165px); }
		}`,
		"keep-phone-lists"
	);
} else {
	frappe.dom.set_style(
		`/* A head that is too long for its column goes on below, and what is written in a filter's field says where it ends. */
		${on(".list-row-head")} { height: auto; min-height: 30px; padding-top: 1px; padding-bottom: 1px; }
		${on(".list-row-head .list-row-col")} { white-space: normal; line-height: 1.2; height: auto; }
		${on(".standard-filter-section input")} { text-overflow: ellipsis; }
		/* A name that is too long for its row says so. */
		${on(".list-row .list-subject > span:last-child")},
		[data-page-route^="List/ToDo/"] .list-row .list-subject > span:last-child {
			flex: 0 1 auto; min-width: 0; overflow: hidden; text-overflow: ellipsis;
		}
		@media (max-width: 767px) {
			${on(".standard-filter-section > :nth-child(n + 3)")},
			[data-page-route^="List/ToDo/"] .standard-filter-section > :nth-child(n + 3) { display: none !important; }
			${on(".list-row-head .level-left")} { flex: 1 1 0 !important; min-width: 0; }
			${on(".list-row-head .level-right")} { flex: none !important; white-space: nowrap; }
			/* A title that ends after a quarter of the width, and a status that is cut where a name is long. */
			${on(".page-head .title-text")} { max-width: 54vw; }
			${PAGES.map((one) => `[data-route="${one}"] .page-head .title-text`).join(", ")} { max-width: 54vw; }
			${on(".list-row .level-left")} { flex: 1 1 0 !important; min-width: 0; max-width: none; }
			${on(".list-row .level-right")} { flex: none !important; margin-left: 8px; }
			${on(".list-row .list-subject")} { flex: 1 1 0; min-width: 0; }
			/* A form's title has what its state and its buttons leave. */
			${forms(".page-head .page-title")} { flex: 1 1 0; width: auto; min-width: 0; max-width: none; padding-right: 0; }
			${forms(".page-head .page-actions")} { flex: none; width: auto; padding-left: 0; }
			${forms(".page-head .title-area")}, ${forms(".page-head .title-area div")} { min-width: 0; }
			${forms(".page-head .title-text")} { min-width: 0; max-width: none !important; }
			${forms(".page-head .indicator-pill")} { flex: none; }
		}`,
		"keep-phone-lists"
	);
}
