frappe.ui.form.on("Volume Rebate", {
	setup(frm) {
		frm.set_query("item_code", () => ({ filters: { is_stock_item: 0, is_sales_item: 1, has_variants: 0 } }));
	},
});
