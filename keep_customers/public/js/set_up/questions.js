// What each step asks. `found` is what the server says there is; the names of fields are those the server takes.
frappe.provide("keep_customers.set_up");

keep_customers.set_up.questions = (() => {
	const tier = (found, place) => __(found.tiers[place], null, "Customer Tier");
	// What is there stays although who sets up may not read it, as with users; the server looks when it is saved.
	const link = (fieldname, label, options, more = {}) => ({ fieldname, label, fieldtype: "Link", options, ignore_link_validation: 1, ...more });
	const number = (fieldname, label, more = {}) => ({ fieldname, label, fieldtype: "Int", ...more });
	const percent = (fieldname, label) => ({ fieldname, label, fieldtype: "Percent", precision: "1" });
	const half = { fieldtype: "Column Break" };

	return {
		company: {
			title: () => __("Companies and Currency"),
			why: () => __("All values and reports are in one currency. Which one?"),
			fields: () => [link("reporting_currency", __("Reporting Currency"), "Currency")],
		},
		excluded: {
			title: () => __("Who Is Left Out"),
			why: () => __("The walk-in customer, staff, firms of your group: they get no tier and no contacts. Internal and disabled customers are left out anyhow."),
			fields: () => [
				{
					fieldname: "excluded_groups",
					label: __("Excluded Customer Groups"),
					fieldtype: "MultiSelectPills",
					get_data: (txt) => frappe.db.get_link_options("Customer Group", txt),
				},
				{
					fieldname: "excluded_customers",
					label: __("Excluded Customers"),
					fieldtype: "MultiSelectPills",
					get_data: (txt) => frappe.db.get_link_options("Customer", txt),
				},
			],
		},
		populations: {
			title: () => __("Dealers and End Customers"),
			why: () => __("A dealer buys more than somebody who uses what they buy, however good a customer that is. Which customer groups are ranked among themselves? Empty: all together."),
			fields: () => [
				{
					fieldname: "ranked_groups",
					label: __("Ranked Among Themselves"),
					fieldtype: "MultiSelectPills",
					get_data: (txt) => frappe.db.get_link_options("Customer Group", txt),
				},
			],
		},
		policy: {
			title: () => __("Tiers"),
			why: () => __("Who brings much now, and who could bring much, is a better customer. How large shall the tiers be?"),
			fields: (found) =>
				found.tiers
					? [
							percent("top_share", __("{0} (% of all customers)", [tier(found, 0)])),
							percent("high_share", __("{0} and {1} together (% of all customers)", [tier(found, 0), tier(found, 1)])),
							half,
							percent("low_share", __("{0} (% of all customers)", [tier(found, 3)])),
							number("window_months", __("Purchases of the Last (Months)")),
							half,
							{
								fieldname: "value_basis",
								fieldtype: "Select",
								label: __("Value Basis"),
								options: ["Net Sales", "Gross Profit"].map((value) => ({ value, label: __(value, null, "Tier Policy") })),
							},
							{
								fieldname: "review",
								fieldtype: "Select",
								label: __("Who falls behind is reviewed"),
								options: ["Nightly", "Weekly", "Monthly", "Quarterly"].map((value) => ({
									value,
									label: __(value, null, "Tier Policy"),
								})),
							},
							{ fieldtype: "Section Break" },
							{ fieldname: "review_losses", fieldtype: "Check", label: __("When a customer is lost, ask the rep why") },
							half,
							{
								fieldname: "losses_from",
								fieldtype: "Float",
								precision: "0",
								depends_on: "review_losses",
								label: __("Ask from a year's revenue of ({0})", [found.currency]),
							},
					  ]
					: [],
		},
		people: {
			title: () => __("Reps"),
			why: () => __("The customer's own rep is asked, else the account manager, the sales team, the territory's manager. Who takes what nobody else can?"),
			fields: () => [
				link("fallback_user", __("Fallback User"), "User", { get_query: () => ({ filters: { enabled: 1 } }) }),
				half,
				link("fallback_role", __("Fallback Role"), "Role"),
			],
		},
		rhythm: {
			title: () => __("Working Days and Limits"),
			why: () => __("ToDos come on working days only, and never too many for a customer or for a rep."),
			fields: () => [
				link("holiday_list", __("Holiday List"), "Holiday List", { description: __("Empty: Monday to Friday, or the company's list.") }),
				number("rep_capacity", __("New Follow-Ups per Rep and Day"), { description: __("0: no limit.") }),
				half,
				number("contact_cap", __("Contacts per Customer"), { description: __("0: no limit.") }),
				number("contact_cap_days", __("Within (Days)")),
			],
		},
		night: {
			title: () => __("First Night"),
			why: () => __("Now the customers are ranked. Nothing is sent and no ToDo is made: you look at the tiers first."),
			fields: () => [],
		},
		rules: {
			title: () => __("Rules to Start With"),
			why: () => __("Each rule makes ToDos for what happens from now on. Three suit almost everybody; more are in the list of Care Rules."),
			fields: (found) =>
				found.rules.some((one) => one.trigger === "Purchase Amount")
					? [
							{
								fieldname: "min_amount",
								fieldtype: "Float",
								precision: 2,
								label: __("A large purchase begins at ({0})", [found.currency]),
								description: found.large_purchase
									? __("A tenth of last year's invoices reach {0}.", [format_currency(found.large_purchase, found.currency)])
									: "",
							},
					  ]
					: [],
		},
	};
})();
