import "./in_language";
import "./moments";
import "./list_columns";
import "./charts";
import "./tiers";
import "./phone_lists";
import "./form/dialog";
import "./form/saved";
import "./form/many_links";
import "./form/phone_tables";

// Who has chosen so begins the day on My Day, not at the host's first page; before Desk looks where it is.
if (frappe.boot?.keep_my_day && /^\/(app|desk)\/?$/.test(location.pathname)) {
	history.replaceState(null, "", `${location.pathname.replace(/\/$/, "")}/my-day`);
}

// A complaint case about the document on the screen.
frappe.provide("keep_customers");
keep_customers.new_case = (frm) =>
	frappe
		.xcall("keep_customers.complaints.documents.new_case", { doctype: frm.doctype, name: frm.doc.name })
		.then((made) => {
			frappe.model.sync(made);
			frappe.set_route("Form", made.doctype, made.name);
		});

keep_customers.offer_case = (frm) => {
	if (frm.is_new() || !frappe.model.can_create("Complaint Case")) return;
	frm.add_custom_button(__("Complaint Case"), () => keep_customers.new_case(frm), __("Create"));
};

// A report's address with its filters, as the framework's version writes it.
keep_customers.report_link = (name, filters) =>
	frappe.utils.generate_route({
		type: "Report",
		is_query_report: true,
		name: encodeURIComponent(name),
		route_options: filters,
	});

// A customer's coupon, for a new sales document. Reps need no right to read Coupon Codes for it.
keep_customers.offer_coupon = (frm, field = "coupon_code") => {
	const doc = frm.doc;
	const customer = doc.doctype === "Quotation" ? doc.quotation_to === "Customer" && doc.party_name : doc.customer;
	frm.keep_coupon_button?.remove();
	if (!customer || doc.docstatus !== 0 || doc.is_return || doc[field]) return;
	frappe
		.xcall("keep_customers.benefits.coupons.for_document", { customer, company: doc.company })
		.then((coupon) => {
			if (!coupon || frm.doc !== doc || doc[field]) return;
			frm.keep_coupon_button?.remove();
			const birthday = coupon.kind === "Birthday Discount";
			const label = birthday
				? __("Use the Birthday Coupon ({0} %)", [coupon.discount])
				: __("Use the Coupon ({0} %)", [coupon.discount]);
			frm.keep_coupon_button = frm.add_custom_button(label, () => {
				// The server has said that it is theirs; the host would ask whether who fills it in may read Coupon Codes.
				const { df } = frm.fields_dict[field];
				df.ignore_link_validation = 1;
				Promise.resolve(frm.set_value(field, coupon.coupon)).finally(() => delete df.ignore_link_validation);
				frm.keep_coupon_button.remove();
				frappe.show_alert({
					message: __("The discount is taken off when the document is saved."),
					indicator: "green",
				});
			});
		});
};

// Lines about coupons and rebates, for the customer's form and beside a ToDo.
keep_customers.benefit_lines = (coupons, rebates) => {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));
	const day = (value) => text(frappe.datetime.str_to_user(value));
	const money = (value, currency) => text(format_currency(value, currency));
	return [
		...coupons.map((one) => {
			const values = [text(one.code), text(one.discount), day(one.valid_upto)];
			return one.kind === "Birthday Discount"
				? __("Birthday coupon {0}: {1} % on one order until {2}", values)
				: __("Coupon {0}: {1} % on one order until {2}", values);
		}),
		...rebates.map((one) => {
			const name = frappe.utils.get_form_link("Rebate Claim", one.name, true, text(one.volume_rebate));
			const reached = money(one.reached, one.currency);
			if (!one.next_from) return __("{0}: {1} reached, the highest step ({2} %)", [name, reached, text(one.percent)]);
			return __("{0}: {1} reached, {2} to the next step ({3} %) until {4}", [
				name,
				reached,
				money(one.missing, one.currency),
				text(one.next_percent),
				day(one.period_end),
			]);
		}),
	];
};
