"""What somebody has written runs nowhere: every text of ours holds a script, and screens are opened one after the other.

`KEEP_WALK=all make test ARGS=tests/browser/test_planted.py` opens all of them.
"""

import os
import time

from tests.browser.english import routes
from tests.browser.planted import LOOK, REP, plant
from tests.site.story import PASSWORD

ALL = os.environ.get("KEEP_WALK") == "all"


def test_what_somebody_has_written_runs_nowhere(story, server, chromium):
	papers = plant(story)
	names = papers.names
	context = chromium.new_context(viewport={"width": 1440, "height": 1600}, reduced_motion="reduce")
	page = context.new_page()
	page.set_default_timeout(90_000)
	found, begun = {}, time.monotonic()
	at = ["login"]
	page.on(
		"dialog", lambda one: (found.setdefault(at[0], []).append(f"alerts {one.message}"), one.dismiss())
	)

	def look(where, wait=400):
		at[0] = where
		page.wait_for_function("() => !(window.frappe && frappe.request && frappe.request.ajax_count)")
		page.wait_for_timeout(wait)
		if ran := page.evaluate(LOOK):
			found.setdefault(where, []).extend(ran)

	assert page.request.post(f"{server.url}/api/method/login", form={"usr": REP, "pwd": PASSWORD}).ok
	page.on("pageerror", lambda error: print(at[0], "PAGEERROR", str(error)[:300]))
	page.on("console", lambda one: print(at[0], "CONSOLE", one.text[:200]) if one.type == "error" else None)
	page.goto(f"{server.url}/app/note")
	page.wait_for_function("() => window.frappe && frappe.boot && document.querySelector('.page-head')")
	look("boot")
	chosen = routes(page)
	# The newest of a doctype may be another than ours.
	chosen = [[*one[:2], names[one[1]]] if one[0] == "Form" and one[1] in names else one for one in chosen]
	for route in chosen:
		at[0] = "/".join(route)
		page.evaluate("route => frappe.set_route(route)", route)
		page.wait_for_timeout(300)
		look("/".join(route))
		print("DONE", route, time.monotonic() - begun)
	assert not found, "\n".join(
		f"{where}: {'; '.join(sorted(set(what)))[:600]}" for where, what in found.items()
	)
