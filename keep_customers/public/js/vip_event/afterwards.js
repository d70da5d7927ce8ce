// When it is over: who came, what it cost.
keep_customers.vip_event.afterwards = (() => {
	const { server } = keep_customers.vip_event;

	// Who said yes and was not checked in; ticked where nobody stood at the door to check in.
	function held(frm, panel) {
		const expected = panel.guests.filter((guest) => guest.status === "Accepted");
		if (!panel.counts.Accepted) return server.become(frm, "Held");
		const dialog = keep_customers.dialog({
			title: __("Who Came?"),
			fields: [
				{
					fieldname: "came",
					fieldtype: "MultiCheck",
					label: frm.doc.attended
						? __("Checked in already: {0}. Who came besides?", [frm.doc.attended])
						: __("Take out who did not come."),
					options: expected.map((guest) => ({
						value: guest.name,
						label: frappe.utils.escape_html(guest.guest_name || guest.customer_name),
						checked: !frm.doc.attended,
					})),
					columns: 1,
				},
			],
			primary_action_label: __("It Was Held"),
			primary_action: ({ came }) => {
				const there = came || [];
				const gone = () => dialog.hide();
				// Not all guests are shown here: of the others who was not checked in did not come, if anybody was.
				if (frm.doc.attended) return server.become(frm, "Held", { came: there.join(" ") }).then(gone);
				const absent = expected.map((guest) => guest.name).filter((name) => !there.includes(name));
				return server.become(frm, "Held", { everybody_came: 1, absent: absent.join(" ") }).then(gone);
			},
		});
		dialog.show();
	}

	function close(frm) {
		if (!frm.fields_dict.actual_cost || frm.get_field("actual_cost").disp_status !== "Write") return server.become(frm, "Closed");
		const dialog = keep_customers.dialog({
			title: __("Close"),
			fields: [
				{
					fieldname: "actual_cost",
					fieldtype: "Currency",
					options: frm.doc.currency,
					label: __("Actual Cost", null, "VIP Event"),
					default: frm.doc.actual_cost,
				},
			],
			primary_action_label: __("Close"),
			primary_action: ({ actual_cost }) =>
				frm
					.set_value("actual_cost", actual_cost || 0)
					.then(() => server.become(frm, "Closed"))
					.then(() => dialog.hide()),
		});
		dialog.show();
	}

	return { held, close };
})();
