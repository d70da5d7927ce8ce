// On a phone the framework 15 puts every standard filter above the rows: two stay, all are behind the button of the filters.
// From 16 on, which has sidebars, it folds them itself.
const LISTS = ["Customer", "Customer Value", "Customer File", "Customer Touch", "Follow Up", "Complaint Case", "Visit Plan"];

if (!frappe.boot?.workspace_sidebar_item) {
	const above = LISTS.map((one) => `[data-page-route^="List/${one}/"] .standard-filter-section > :nth-child(n + 3)`);
	frappe.dom.set_style(`@media (max-width: 767px) { ${above.join(", ")} { display: none !important; } }`, "keep-phone-lists");
}
