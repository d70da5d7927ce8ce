// The hosts see on the invitation that it was looked at; nothing else is told.
const token = new URLSearchParams(location.search).get("token");
if (token && !/user_id=(?!Guest)/.test(document.cookie)) {
	const form = new FormData();
	form.set("token", token);
	navigator.sendBeacon("/api/method/keep_customers.events.seen.note", form);
}
