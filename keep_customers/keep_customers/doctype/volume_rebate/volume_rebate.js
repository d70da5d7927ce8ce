frappe.ui.form.on("Volume Rebate", {
	setup(frm) {
		frm.set_query("item_code", () => ({ filters: { is_stock_item: 0, is_sales_item: 1, has_variants: 0 } }));
	},

	refresh(frm) {
		if (frm.is_new() && !frm.doc.starts_on) frm.set_value("starts_on", frappe.datetime.year_start());
		keep_customers.read_back.mean_everybody(frm, ["customer_group"]);
		keep_customers.read_back.follow(frm);
	},
});
