// A guided first fill: one question about one customer at a time, the best customers first.
{% include 'keep_customers/public/js/words.js' %}
{% include 'keep_customers/public/js/fill_files.js' %}

frappe.pages["fill-files"].on_page_load = (wrapper) => {
	const page = frappe.ui.make_app_page({ parent: wrapper, title: __("Fill the Files"), single_column: true });
	wrapper.keep_fill = new keep_customers.FillFiles(page);
};

frappe.pages["fill-files"].on_page_show = (wrapper) => wrapper.keep_fill?.show();
