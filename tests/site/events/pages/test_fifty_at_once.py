"""Fifty guests reply at once."""

from concurrent.futures import ThreadPoolExecutor

import frappe

from tests.site.events.pages.evening import ANSWER, INVITATION, invited, says, token_of
from tests.site.guests import guest_server
from tests.site.story import PREFIX
from tests.site.web import Browser

TAKEN = 302  # what the guest's button gets before the page with the answer


def test_fifty_replies_at_once_never_exceed_the_places_and_count_once(guest, evening, story):
	capacity = 40
	guests = [
		invited(evening, story.customer(f"Guest {n:02}"), contact=None, guest_name=f"{PREFIX} Guest {n:02}")
		for n in range(50)
	]
	parties = {one.name: n % 3 for n, one in enumerate(guests)}  # with none, one or two companions
	tokens = {one.name: token_of(one) for one in guests}

	def press(name):
		"""The guest's finger: twice, as it happens, and again after an error, which only SQLite has."""
		codes = []
		for _time in range(60):
			# The page it leads to is not waited for: one process would draw all of them, one after the other.
			said = {"token": tokens[name], "coming": "Yes", "companions": str(parties[name])}
			answer = phones[name].http.post(
				f"{phones[name].base}/api/method/{ANSWER}", data=said, timeout=120, allow_redirects=False
			)
			codes.append(answer.status_code)
			if codes.count(TAKEN) == 2:
				break
		return codes

	phones = {name: Browser(guest_server(guest)) for name in tokens}
	for n, phone in enumerate(phones.values()):
		phone.http.headers["X-Forwarded-For"] = f"10.0.0.{n}"
	# SQLite has one writer: what fifty do at once there is wait for each other.
	sqlite = frappe.db.db_type == "sqlite"
	with ThreadPoolExecutor(8 if sqlite else 50) as pool:
		pressed = list(pool.map(press, tokens))
	assert all(codes.count(TAKEN) == 2 for codes in pressed), pressed
	if not sqlite:
		assert all(codes == [TAKEN, TAKEN] for codes in pressed), pressed

	frappe.db.rollback()
	rows = frappe.get_all(INVITATION, filters={"event": evening.name}, fields=["*"])
	assert {row.status for row in rows} == {"Accepted", "Waiting List"} and len(rows) == 50
	assert all(row.companions == parties[row.name] for row in rows)
	coming = [row for row in rows if row.status == "Accepted"]
	persons = sum(1 + row.companions for row in coming)
	assert persons <= capacity
	waiting = sorted((row for row in rows if row.status == "Waiting List"), key=lambda row: row.waiting_since)
	assert len({row.waiting_since for row in waiting}) == len(waiting), "everybody has a place in the line"
	assert persons + 1 + waiting[0].companions > capacity, "nobody waits while there is room for them"

	# Two parties of three decline, so that whoever is first has room: the line moves up from its head, nobody overtakes.
	for row in sorted(coming, key=lambda row: -row.companions)[:2]:
		assert says(guest, tokens[row.name], coming="No").status_code == 200
	frappe.db.rollback()
	after = {row.name: row for row in frappe.get_all(INVITATION, {"event": evening.name}, ["*"])}
	moved = [after[row.name].status == "Accepted" for row in waiting]
	assert moved[0] and moved == sorted(moved, reverse=True)
	taken = sum(1 + row.companions for row in after.values() if row.status == "Accepted")
	assert taken <= capacity
