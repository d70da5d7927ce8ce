// The list of ToDos of who has care contacts: whom, why, when and what is at stake, the most urgent first.
// Everybody else's list stays as the framework makes it, but that a ToDo about a complaint says which one.
(() => {
	const settings = (frappe.listview_settings["ToDo"] = frappe.listview_settings["ToDo"] || {});
	const theirs = { onload: settings.onload, refresh: settings.refresh };
	const ORDER = "keep_turn";
	const AHEAD = 7; // days that are due when the list is opened
	const { tier_pill } = keep_customers;

	settings.add_fields = [
		...(settings.add_fields || []),
		...["keep_follow_up", "keep_customer_name", "keep_why", "keep_tier", "keep_value_at_risk", "keep_currency", ORDER],
		...["date", "priority", "reference_type", "reference_name"],
	];

	settings.onload = (list) => {
		theirs.onload?.(list);
		if (list.view_name !== "List") return;
		if (list.user_settings?.keep_care) {
			open_care(list);
			// The framework forgets the order it has kept, if no column has it.
			if ([undefined, ORDER].includes(list.view_user_settings.sort_by)) sort(list);
			bring_up_to_date(list);
			return;
		}
		const routed = frappe.route_options && Object.keys(frappe.route_options).length;
		const mine = { allocated_to: frappe.session.user, status: "Open", keep_follow_up: ["is", "set"] };
		frappe.db.count("ToDo", { filters: mine, limit: 1 }).then((count) => {
			if (!count) return;
			frappe.model.user_settings.save("ToDo", "keep_care", { known: 1, due: due_until() });
			open_care(list);
			// What somebody has asked for, such as the ToDos of one customer, is theirs to see.
			if (routed) return sort(list).then(() => list.refresh());
			first_time(list);
		});
	};

	settings.refresh = (list) => {
		theirs.refresh?.(list);
		if (list.keep_care) dress(list);
		name_cases(list);
	};

	function open_care(list) {
		list.keep_care = true;
		const as_before = list.setup_columns.bind(list);
		list.setup_columns = () => {
			as_before();
			const [subject, tags] = list.columns;
			const fields = ["keep_tier", "date", "keep_value_at_risk", "priority"]
				.map((name) => frappe.meta.get_docfield("ToDo", name))
				.filter(Boolean)
				.map((df) => ({ type: "Field", df }));
			const whom = { ...subject, df: { ...subject.df, label: "Customer" } };
			list.columns = [whom, tags, ...fields];
		};
		settings.formatters = {
			...settings.formatters,
			description: (value, df, doc) => (doc.keep_follow_up ? text(`${doc.keep_customer_name}: ${doc.keep_why}`) : value),
			keep_tier: tier_pill,
			date: (value) => (value ? day_html(value) : ""),
			keep_value_at_risk: (value, df, doc) =>
				value ? `<span class="ellipsis">${text(format_currency(value, doc.keep_currency, 0))}</span>` : "",
		};
		// The customer opens from the contact; here there is more use for the room.
		const { button } = settings;
		if (button) settings.button = { ...button, show: (doc) => !doc.keep_follow_up && button.show(doc) };
		list.setup_columns();
		list.render_header(true);
		list.page.add_actions_menu_item(__("Later"), () => later(list), false);
	}

	// Own, open, due, the most urgent first; what somebody chooses afterwards stays.
	function first_time(list) {
		const filters = [
			["ToDo", "status", "=", "Open"],
			["ToDo", "allocated_to", "=", frappe.session.user],
			["ToDo", "date", "<=", due_until()],
		];
		sort(list)
			.then(() => list.filter_area.clear(false))
			.then(() => list.filter_area.set(filters))
			.then(() => list.refresh());
	}

	function sort(list) {
		list.sort_by = ORDER;
		list.sort_order = "desc";
		list.sort_selector.set_value(ORDER, "desc");
		return Promise.resolve();
	}

	// The framework remembers a day, not "in a week": what was due then would hide what is due now.
	function bring_up_to_date(list) {
		const { due } = list.user_settings.keep_care;
		const ours = (list.filters || []).find(([, field, condition, day]) => field === "date" && condition === "<=" && day === due);
		if (!ours || due === due_until() || frappe.route_options) return;
		frappe.model.user_settings.save("ToDo", "keep_care", { known: 1, due: due_until() });
		list.filters = [...list.filters.filter((one) => one !== ours), ["ToDo", "date", "<=", due_until()]];
		list.filter_area.clear(false).then(() => list.filter_area.set(list.filters));
	}

	function due_until() {
		return frappe.datetime.add_days(frappe.datetime.get_today(), AHEAD);
	}

	function later(list) {
		const todos = list.get_checked_items(true);
		if (!todos.length) return;
		const tomorrow = frappe.datetime.add_days(frappe.datetime.get_today(), 1);
		keep_customers.prompt(
			[{ fieldname: "day", fieldtype: "Date", label: __("On Which Day?"), default: tomorrow, reqd: 1 }],
			({ day }) =>
				frappe.xcall("keep_customers.care.todo_list.later", { todos, day }).then((count) => {
					frappe.show_alert({ message: __("Put off: {0}", [count]), indicator: "green" });
					list.clear_checked_items();
					list.refresh();
				}),
			__("Later"),
			__("Put Off")
		);
	}

	// The name stands out, days have a heading, and on a phone a row has room for why, and its number one tap away.
	function dress(list) {
		list.$result.find(".keep-day").remove();
		const by_day = list.sort_by === ORDER;
		let before = null;
		for (const doc of list.data) {
			const row = row_of(list, doc);
			if (!row.length) continue;
			if (by_day && doc.keep_follow_up) {
				const group = group_of(doc.date);
				if (group !== before) row.before(`<div class="keep-day small text-muted">${text(group)}</div>`);
				before = group;
			}
			if (doc.keep_follow_up) dress_row(row, doc);
		}
		list.$result.addClass("keep-care");
		list.$page.addClass("keep-care-page");
	}

	function row_of(list, doc) {
		return list.$result.find(`.list-row-checkbox[data-name="${CSS.escape(doc.name)}"]`).closest(".list-row-container");
	}

	function say(row, title, why) {
		return row.find(".list-subject a").first().html(`<b>${text(title)}</b> <span class="keep-why">${text(why)}</span>`);
	}

	function dress_row(row, doc) {
		const link = say(row, doc.keep_customer_name, doc.keep_why);
		if (!frappe.is_mobile()) return;
		const facts = [tier_pill(doc.keep_tier), doc.date && day_html(doc.date)];
		if (doc.keep_value_at_risk) facts.push(`<span>${text(format_currency(doc.keep_value_at_risk, doc.keep_currency, 0))}</span>`);
		link.append(`<span class="keep-facts">${facts.filter(Boolean).join(" ")}</span>`);
		row.find(".level-right").first().html(
			`<button class="btn btn-default keep-call" title="${text(__("Call the Customer"))}" aria-label="${text(__("Call the Customer"))}">☎</button>`
		);
		row.find(".keep-call").on("click", (event) => {
			event.preventDefault();
			event.stopPropagation();
			// What to know is on the screen while it rings.
			keep_customers.call_on_opening = doc.name;
			frappe.set_route("Form", "ToDo", doc.name);
		});
	}

	// What a ToDo says of a complaint names nobody, as the host copies it: who may read the case sees here what it is about.
	function name_cases(list) {
		const about = list.data.filter((doc) => doc.reference_type === "Complaint Case" && !doc.keep_follow_up);
		if (!about.length || !frappe.model.can_read("Complaint Case")) return;
		const names = [...new Set(about.map((doc) => doc.reference_name))];
		const asked = { filters: { name: ["in", names] }, fields: ["name", "subject", "customer_name"], limit: names.length };
		frappe.db.get_list("Complaint Case", asked).then((cases) => {
			const known = Object.fromEntries(cases.map((one) => [one.name, one]));
			for (const doc of about) {
				const { subject, customer_name } = known[doc.reference_name] || {};
				if (!subject) continue;
				const said = new DOMParser().parseFromString(doc.description || "", "text/html").body.textContent.trim();
				say(row_of(list, doc), subject, [customer_name, said].filter(Boolean).join(" · "));
			}
		});
	}

	function group_of(day) {
		if (!day) return __("Without a Day");
		const away = frappe.datetime.get_day_diff(day, frappe.datetime.get_today());
		if (away < 0) return __("Late", null, "Follow Up");
		if (away === 0) return __("Today");
		if (away === 1) return __("Tomorrow");
		return frappe.datetime.str_to_user(day);
	}

	function day_html(day) {
		const away = frappe.datetime.get_day_diff(day, frappe.datetime.get_today());
		const words =
			away < -1 ? __("{0} days late", [-away]) : away === -1 ? __("1 day late") : group_of(day);
		return `<span class="ellipsis ${away < 0 ? "text-danger" : ""}">${text(words)}</span>`;
	}

	function text(value) {
		return frappe.utils.escape_html(String(value ?? ""));
	}

	frappe.dom.set_style(
		`.keep-day { padding: 10px 15px 4px; font-weight: 600; }
		.keep-care .keep-why { font-weight: 400; }
		[data-theme="dark"] .keep-care .text-danger { color: color-mix(in srgb, var(--red-500, #e03636), white 30%) !important; }
		.keep-care .list-subject a { display: block; overflow: hidden; text-overflow: ellipsis; }
		.keep-care .list-subject a:hover { text-decoration: none; }
		.keep-care .list-subject .level-item.ellipsis { justify-content: flex-start; flex-shrink: 1; min-width: 0; }
		@media (min-width: 768px) {
			/* Why takes the room there is, not what is shorter. */
			.keep-care .level-right { flex: 0 0 150px !important; }
			.keep-care .list-row-col.list-subject { flex: 4 1 280px !important; width: 280px !important; max-width: none !important; }
			.keep-care .level-left > .list-row-col.hidden-xs:not(.tag-col) { flex: 0 0 104px !important; min-width: 0 !important; }
			/* Where the framework's button to open the customer would be. */
			.keep-care .level-left > .list-row-col:is(:empty, :has(> span:only-child:empty)) { display: none; }
		}
		@media (max-width: 767px) {
			/* The contacts first; what the list is filtered by is behind the button of the filters. */
			.keep-care-page .standard-filter-section { display: none !important; }
			.keep-care .list-row-head .level-left { flex: 1 1 0 !important; min-width: 0; }
			.keep-care .list-row-head .level-right { flex: none !important; white-space: nowrap; }
			.keep-care .list-row { height: auto; min-height: 60px; padding: 8px 0; align-items: flex-start; }
			.keep-care .list-row .level-left { flex: 0 0 calc(100% - 60px); min-width: 0; max-width: calc(100% - 60px); }
			.keep-care .list-row .level-right { flex: 0 0 52px; margin-left: 8px; }
			.keep-care .list-row .list-subject .level-item.ellipsis { flex: 1; min-width: 0; max-width: 100%; }
			.keep-care .list-subject a { white-space: normal; line-height: 1.35; }
			.keep-care .list-row .list-subject { flex: 1 1 100%; max-width: 100%; margin-right: 0; }
			.keep-care .list-subject .level-item, .keep-care .list-row .level-left, .keep-care .list-row-col { white-space: normal; overflow: visible; }
			.keep-care .keep-why, .keep-care .keep-facts { display: block; }
			.keep-care .keep-facts > * { display: inline-block; margin-right: 4px; }
			.keep-care .keep-facts > .indicator-pill { display: inline-flex; }
			.keep-care .mobile-layout { display: none !important; }
			.keep-care .keep-facts { font-weight: 400; font-size: var(--text-sm); margin-top: 2px; color: var(--text-muted); }
			.keep-care .keep-call { min-width: 44px; min-height: 44px; }
		}`,
		"keep-todo-list"
	);
})();
