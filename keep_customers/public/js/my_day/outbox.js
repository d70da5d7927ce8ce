// What came of contacts, kept in this browser until the server has it: each user's own, in order, recorded once.
frappe.provide("keep_customers.my_day");

(() => {
	const METHOD = "/api/method/keep_customers.care.results.record";
	const UNDO_FOR = 4000; // milliseconds
	const TRY_AGAIN_AFTER = 20000;
	// The session is over, or the page is from an older one: nothing is wrong with what was typed.
	const NOT_LOGGED_IN = ["CSRFTokenError", "AuthenticationError", "SessionStopped"];

	// `on` has what the page does about it: changed(), sent(entry, answer).
	keep_customers.my_day.Outbox = class {
		constructor(on) {
			this.on = on;
			this.place = `keep_customers:my_day:${frappe.session.user}`;
			this.without_connection = !navigator.onLine;
			this.logged_out = false;
			window.addEventListener("online", () => this.send());
			window.addEventListener("offline", () => this.lost());
			// Whoever puts the telephone away has made up their mind.
			document.addEventListener("visibilitychange", () => document.hidden && this.send(Infinity));
			window.addEventListener("pagehide", () => this.send(Infinity));
		}

		// Read anew each time: another tab may have sent some of it.
		entries() {
			try {
				return JSON.parse(localStorage.getItem(this.place)) || [];
			} catch {
				return this.kept || [];
			}
		}

		keep(entries) {
			this.kept = entries;
			try {
				if (entries.length) localStorage.setItem(this.place, JSON.stringify(entries));
				else localStorage.removeItem(this.place);
			} catch {
				// A browser that keeps nothing: it is sent as long as the page is open.
			}
			this.on.changed();
		}

		// Entry: todo, customer_name, result, notes, next_step, next_step_date, because, person, and what they also said.
		put(entry) {
			const now = Date.now();
			const key = crypto.randomUUID?.() || `${now}-${Math.random()}${Math.random()}`.replace(/[^0-9-]/g, "");
			const kept = { ...entry, key, at: now, send_after: now + UNDO_FOR };
			this.keep([...this.entries(), kept]);
			setTimeout(() => this.send(), UNDO_FOR + 20);
			return kept;
		}

		take_back(key) {
			if (this.on_its_way === key) return false;
			const entries = this.entries();
			this.keep(entries.filter((one) => one.key !== key));
			return entries.some((one) => one.key === key);
		}

		waiting() {
			return this.entries().filter((one) => !one.problem);
		}

		refused() {
			return this.entries().filter((one) => one.problem);
		}

		async send(until = 0) {
			if (this.sending) return;
			this.sending = true;
			try {
				for (;;) {
					const next = this.waiting().find((one) => one.send_after <= Math.max(until, Date.now()));
					if (!next || !(await this.deliver(next))) break;
				}
			} finally {
				this.sending = false;
				this.on_its_way = null;
			}
		}

		// Whether the next one may be tried.
		async deliver(entry) {
			this.on_its_way = entry.key;
			let answer, said;
			try {
				answer = await fetch(METHOD, {
					method: "POST",
					keepalive: true,
					headers: {
						"Content-Type": "application/json",
						Accept: "application/json",
						"X-Frappe-CSRF-Token": frappe.csrf_token,
					},
					body: JSON.stringify({
						todo: entry.todo,
						result: entry.result,
						key: entry.key,
						seconds_ago: Math.max(0, Math.round((Date.now() - entry.at) / 1000)),
						notes: entry.notes || null,
						next_step: entry.next_step || null,
						next_step_date: entry.next_step_date || null,
						because: entry.because || null,
						person: entry.person || null,
						...keep_customers.contact.also.sent(entry),
					}),
				});
				said = await answer.json().catch(() => ({}));
			} catch {
				return this.lost();
			}
			this.without_connection = false;
			this.logged_out = said.session_expired || NOT_LOGGED_IN.includes(said.exc_type) || is_guest(answer);
			// A server that is busy or being updated, or something between us and it.
			if (this.logged_out || answer.status >= 500 || answer.status === 429) return this.later();
			// A page of somebody in between, who wants to be paid or to know who it is.
			if (answer.ok && !said.message) return this.lost();
			const others = this.entries().filter((one) => one.key !== entry.key);
			if (answer.ok) {
				this.keep(others);
				this.on.sent(entry, said.message || {});
			} else {
				this.keep([...others, { ...entry, problem: words_of(said) }]);
			}
			return true;
		}

		lost() {
			this.without_connection = true;
			return this.later();
		}

		later() {
			clearTimeout(this.timer);
			if (this.waiting().length) this.timer = setTimeout(() => this.send(), TRY_AGAIN_AFTER);
			this.on.changed();
			return false;
		}
	};

	// Logged out in another tab, who comes next is a guest and no session is over.
	function is_guest(answer) {
		return answer.status === 403 && ["", "Guest"].includes(frappe.get_cookie("user_id") || "");
	}

	// What the server says is wrong, as text.
	function words_of(said) {
		try {
			const [first] = JSON.parse(said._server_messages);
			return $("<div>").html(JSON.parse(first).message).text();
		} catch {
			return __("The server did not take it.");
		}
	}
})();
