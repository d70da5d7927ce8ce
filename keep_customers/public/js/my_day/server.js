// The framework's own calls say "Connection Lost" in a window and never come back; a rep in a cellar has other worries.
frappe.provide("keep_customers.my_day");

// What a method answers; rejected with the status, or without one where there is no connection.
keep_customers.my_day.ask = async (method, params = {}) => {
	const answer = await fetch(`/api/method/${method}?${new URLSearchParams(params)}`, {
		headers: { Accept: "application/json", "X-Frappe-CSRF-Token": frappe.csrf_token },
	});
	if (!answer.ok) throw Object.assign(new Error(method), { status: answer.status });
	return (await answer.json()).message;
};
