// From install to the first tiers: one question at a time, each with what would come of the answer.
{% include 'keep_customers/public/js/words.js' %}
{% include 'keep_customers/public/js/set_up/questions.js' %}
{% include 'keep_customers/public/js/set_up/previews.js' %}
{% include 'keep_customers/public/js/set_up/rules.js' %}
{% include 'keep_customers/public/js/set_up/night.js' %}
{% include 'keep_customers/public/js/set_up/guide.js' %}

frappe.pages["keep-set-up"].on_page_load = (wrapper) => {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Set Up Keep Customers"),
		single_column: true,
	});
	wrapper.keep_guide = new keep_customers.set_up.Guide(page);
};

frappe.pages["keep-set-up"].on_page_show = (wrapper) => wrapper.keep_guide?.load();
