"""What an event's form tells whoever plans it: who is left out and why, what the next wave would do, how each was told."""

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import add_days, getdate, now_datetime

from keep_customers.care.followups import PENDING
from keep_customers.events import (
	audience,
	documents,
	links,
	next_wave,
	pages,
	panel,
	replies,
	seen,
	telling,
	waves,
	wishes,
)
from tests.site.events.gathering import (
	EVENT,
	INVITATION,
	SUGGESTION,
	at,
	event,
	firms,
	invitation,
	listed,
	past,
	statuses,
	work,
)
from tests.site.story import ANNA, MIA, PREFIX, _tree


def why(found):
	return {row["customer"].rsplit(" ", 1)[1]: row["why"] for row in found["left_out"]}


def agreed(*names):
	for name in names:
		file = frappe.get_doc("Customer File", name)
		file.set("consents", [{"channel": "Email", "consent": "Given", "date": "2026-01-01"}])
		file.save()


# Whom


def test_who_is_named_and_left_out_is_told_by_name_and_why(now):
	names = firms(now, 500, 300, 200, 100)
	group = frappe.get_doc(
		{
			"doctype": "Customer Group",
			"customer_group_name": f"{PREFIX} Apart",
			"parent_customer_group": f"{PREFIX} Group",
		}
	).insert()
	frappe.db.set_value("Customer", names[0], "customer_group", group.name)
	now.settings(excluded_groups=[{"customer_group": group.name}])
	frappe.db.set_value("Customer", names[1], "disabled", 1)
	doc = event("Planned", guests=listed(names))
	found = audience.preview(doc.name)
	assert why(found) == {"0": "Excluded in Keep Customers Settings.", "1": "The customer is disabled."}
	assert (found["customers"], found["refused"], found["listed"]) == (2, 2, 2)
	audience.plan(doc.name)
	replies.cancel_invitation(invitation(doc, names[2]))
	found = audience.preview(doc.name)
	assert (found["customers"], found["known"]) == (0, 2) and "Invite After All" in why(found)["2"]
	# They had said yes to a day before, and were reminded.
	of_then = ("ask_again", "reminded_on", "replied_on")
	noted = dict(zip(of_then, (1, now_datetime(), now_datetime()), strict=True))
	frappe.db.set_value("VIP Invitation", invitation(doc, names[2]), noted)
	replies.record(invitation(doc, names[2]), "Invite After All")
	assert statuses(doc) == {"2": "Planned", "3": "Planned"}
	anew = frappe.db.get_value("VIP Invitation", invitation(doc, names[2]), of_then)
	assert not any(anew), "nobody has asked them anew yet"


def test_what_is_on_the_screen_is_looked_at_before_it_is_saved(now):
	names = firms(now, 500, 300)
	now.night()
	frappe.set_user(MIA)
	nobody = audience.preview()
	assert (nobody["customers"], nobody["chosen"], nobody["free"]) == (0, False, None)
	found = audience.preview(values={"guests": listed(names), "capacity": "5"})
	assert [row["customer"] for row in found["names"]] == names and found["free"] == 5
	assert sum(count for _tier, count in found["tiers"]) == 2
	tier = frappe.db.get_value("Customer Value", names[0], "tier")
	assert names[0] in [
		row["customer"] for row in audience.preview(values={"tiers": [{"tier": tier}]})["names"]
	]
	# What no form sends chooses nobody.
	odd = {"guests": ["x", {"customer": 7}], "territory": {"lft": 1}, "tiers": "x", "theme": "Other"}
	assert audience.preview(values=odd)["chosen"] is False
	frappe.set_user(ANNA)
	with pytest.raises(frappe.PermissionError):
		audience.preview(values={"guests": listed(names)})


def test_nobody_is_named_who_may_not_be_read(now):
	_tree("Territory", f"{PREFIX} North")
	north, south = firms(now, 500, 300)
	frappe.db.set_value("Customer", north, "territory", f"{PREFIX} North")
	now.settings(excluded_customers=[{"customer": south}])
	doc = event("Inviting", guests=listed([north, south]), capacity=0)
	agreed(north)
	for name in (north, south):
		frappe.get_doc({"doctype": INVITATION, "event": doc.name, "customer": name}).insert()
	add_user_permission("Territory", f"{PREFIX} North", MIA, ignore_permissions=True)
	now.settings(excluded_customers=[])
	frappe.set_user(MIA)
	assert audience.preview(doc.name, {"guests": listed([south])})["left_out"] == []
	wave = next_wave.shown(doc.name)
	assert (wave["asked"], wave["unseen"]) == (2, 1)
	assert [row["customer"] for row in wave["guests"]] == [north]
	shown = panel.shown(doc.name)
	assert [row["customer"] for row in shown["guests"]] == [north] and shown["unseen"] == 1
	with pytest.raises(frappe.PermissionError):
		links.shown(invitation(doc, south))


# The next wave, and how it went


def test_the_next_wave_says_whom_how_and_what_is_missing_before_it_goes(now, monkeypatch):
	names = firms(now, 500, 3000, 1000, 200)
	now.night()
	agreed(names[1])
	doc = event("Planned", guests=listed(names))
	audience.plan(doc.name)
	found = next_wave.shown(doc.name)
	assert [(row["customer"], row["channel"], bool(row["rep"])) for row in found["guests"]] == [
		(names[1], "Email", False),
		(names[2], "Phone", True),
	]
	assert (found["by_email"], found["by_hand"], found["left"], found["why_not"]) == (1, 1, 2, None)
	assert len(found["how"]) == 2 and found["missing"] == []
	assert statuses(doc) == dict.fromkeys("0123", "Planned"), "nothing is written"
	monkeypatch.setattr(next_wave.EmailAccount, "find_outgoing", lambda **_for: None)
	assert "Email Account" in next_wave.shown(doc.name)["missing"][0]
	assert waves.invite(doc.name)["asked"] == 2
	for words, step in (
		("keeps one of the free places", lambda: None),
		("room is full", lambda: [replies.reply(invitation(doc, name), "Yes") for name in names[1:3]]),
		("waiting list", lambda: replies.reply(invitation(doc, names[0]), "Yes")),
	):
		step()
		found = next_wave.shown(doc.name)
		assert found["asked"] == 0 and words in found["why_not"]
	now.settings(enabled=0)
	assert "nights run" in next_wave.shown(doc.name)["why_not"]


def test_what_waits_for_the_night_is_not_called_sent(now):
	mailed, called = firms(now, 500, 300)
	agreed(mailed)
	doc = event("Planned", guests=listed([mailed, called]))
	audience.plan(doc.name)
	waves.invite(doc.name)

	def told():
		return {row["customer"]: row["told"] for row in panel.shown(doc.name)["guests"]}

	assert told() == {
		mailed: "Email: not told yet; in a moment, else tonight",
		called: "Phone: not told yet; in a moment, else tonight",
	}
	work(now)
	assert told()[mailed] == "Email: leaves by day, within the hour"
	[asked] = now.follow_ups(mailed, occurrence=telling.ASK)
	frappe.db.set_value("Follow Up", asked.name, {"send_status": "Sent", "sent_on": "2026-01-02 10:00:00"})
	assert told()[mailed].startswith("Email: sent on ")
	frappe.db.set_value("Follow Up", asked.name, {"send_status": "Failed", "send_error": "no gateway"})
	assert "could not be sent (no gateway)" in told()[mailed]
	[call] = now.follow_ups(called, occurrence=telling.ASK)
	assert call.status in PENDING
	frappe.db.set_value(
		"Follow Up", call.name, {"status": "Assigned", "assigned_to": ANNA, "hold_reason": ""}
	)
	assert "has a ToDo to tell them" in told()[called]
	replies.reply(invitation(doc, called), "Yes")
	[guest] = [row for row in panel.shown(doc.name)["guests"] if row["customer"] == called]
	assert guest["answered"].startswith("Answered on ")


def test_an_invitation_has_a_link_and_says_whether_it_was_opened(now):
	[firm] = firms(now, 500)
	doc = event("Planned", guests=listed([firm]))
	audience.plan(doc.name)
	name = invitation(doc, firm)
	assert links.shown(name)["link"] is None, "the page behind it would say nothing yet"
	waves.invite(doc.name)
	shown = links.shown(name)
	token = shown["link"].split("token=")[1].split("&")[0]
	assert pages.read(token)[0].name == name and shown["opened"] is None
	seen.note(token)
	assert links.shown(name)["opened"] is None, "the host's own people have looked, not the guest"
	frappe.set_user("Guest")
	seen.note("made.up.token")
	seen.note(token)
	frappe.set_user(ANNA)
	assert links.shown(name)["opened"].startswith("Opened on ")


# What stands in the way


def problems(doc):
	return " ".join(one["text"] for one in panel.shown(doc.name)["problems"])


def test_what_stands_in_the_way_is_said_with_what_to_do(now, monkeypatch):
	names = firms(now, 500, 300)
	doc = event("Inviting", guests=listed(names), capacity=1, max_companions=0)
	audience.plan(doc.name)
	assert problems(doc) == ""
	for name in names:
		replies.reply(invitation(doc, name), "Yes")
	assert "Raise the capacity" in problems(doc)
	frappe.db.set_value(INVITATION, invitation(doc, names[1]), "status", "Invited")
	frappe.db.set_value(EVENT, doc.name, "reply_until", add_days(getdate(), -1))
	assert "choose a later day" in problems(doc)
	monkeypatch.setattr(panel.EmailAccount, "find_outgoing", lambda **_for: None)
	assert "copy each guest's link" not in problems(doc), "nobody is written to"
	agreed(names[1])
	assert "copy each guest's link" in problems(doc)
	assert ["List", "Email Account"] in [one["route"] for one in panel.shown(doc.name)["problems"]]
	frappe.set_user(MIA)
	assert "Your administrator can do that." in problems(doc)
	assert not any(one["route"] for one in panel.shown(doc.name)["problems"]), (
		"a manager has no Email Account"
	)
	frappe.set_user("Administrator")
	assert not panel.shown(doc.name)["door"]
	past(doc)
	assert problems(doc) == "" and panel.shown(doc.name)["door"]
	never = event("Planned")
	past(never)
	assert "Correct the day" in problems(never)
	frappe.db.set_value(EVENT, doc.name, "host", MIA)
	frappe.set_user(ANNA)
	seen = panel.shown(doc.name)
	assert seen["problems"] == [], "a rep reads the event, and does not plan it"
	assert seen["host"] == frappe.db.get_value("User", MIA, "full_name"), "the host is a name, not an address"


# From the suggestion, and to the end


def test_a_suggestion_becomes_an_event_in_one_go(now):
	[firm] = firms(now, 500)
	wish = wishes.suggest(firm, f"{PREFIX} A boat trip")
	frappe.set_user(MIA)
	with pytest.raises(frappe.ValidationError, match="not feasible"):
		wishes.accept(wish, {"brand_fit": "No", "conflict_of_interest": "No"})
	day = add_days(now_datetime(), 20)
	made = at(
		frappe._dict(
			name=wishes.accept(
				wish,
				{
					"brand_fit": "Yes", "conflict_of_interest": "No", "expected_cost": 900, "kind": "Salon",
					"theme": f"{PREFIX} On the river", "starts_on": str(day), "capacity": 12, "status": "Closed",
				},
			)
		)
	)  # fmt: skip
	assert (made.theme, made.kind, made.capacity, made.host, made.status) == (
		f"{PREFIX} On the river", "Salon", 12, MIA, "Planned",
	)  # fmt: skip
	assert frappe.db.get_value(SUGGESTION, wish, ["status", "brand_fit", "judged_by"]) == (
		"Accepted",
		"Yes",
		MIA,
	)


def test_who_did_not_come_is_taken_out_of_those_who_did(now):
	names = firms(now, 500, 300, 200)
	doc = event("Inviting", guests=listed(names), capacity=0)
	audience.plan(doc.name)
	for name in names:
		replies.reply(invitation(doc, name), "Yes")
	past(doc)
	documents.set_status(doc.name, "Held", everybody_came=True, absent=invitation(doc, names[1]))
	assert statuses(doc) == {"0": "Attended", "1": "No Show", "2": "Attended"} and at(doc).no_shows == 1
