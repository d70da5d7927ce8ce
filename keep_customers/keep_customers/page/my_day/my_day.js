// The rep's day on one page, over the same ToDos as the list.
{% include 'keep_customers/public/js/contact/pieces.js' %}
{% include 'keep_customers/public/js/contact/also_said.js' %}
{% include 'keep_customers/public/js/contact/results.js' %}
{% include 'keep_customers/public/js/words.js' %}
{% include 'keep_customers/public/js/todo_message.js' %}
{% include 'keep_customers/public/js/my_day/server.js' %}
{% include 'keep_customers/public/js/my_day/outbox.js' %}
{% include 'keep_customers/public/js/my_day/card.js' %}
{% include 'keep_customers/public/js/my_day/sections.js' %}
{% include 'keep_customers/public/js/my_day/day.js' %}

frappe.pages["my-day"].on_page_load = (wrapper) => {
	const page = frappe.ui.make_app_page({ parent: wrapper, title: __("My Day"), single_column: true });
	wrapper.keep_day = new keep_customers.my_day.Day(page);
};

frappe.pages["my-day"].on_page_show = (wrapper) => wrapper.keep_day?.show();
