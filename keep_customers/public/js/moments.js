// A moment as people read it on a card: in the user's own format, without the seconds that the host's usual one has.
frappe.provide("keep_customers");

keep_customers.moment = (value) => frappe.datetime.str_to_user(value).replace(/(\d:\d\d):\d\d/, "$1");
