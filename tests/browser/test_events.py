"""An event's form: what can be done now is within reach, whatever the screen."""

import frappe

from tests.site.events.gathering import event, firms, listed
from tests.site.story import MIA


def test_an_event_offers_its_next_step_and_the_rest_fits_beside_save(story, desk):
	gathering = event("Planned", guests=listed(firms(story, 900)))
	frappe.db.commit()
	primary = "() => [...document.querySelectorAll('.custom-actions .btn-primary')].filter(b => b.offsetParent).map(b => b.innerText.trim())"
	with desk(MIA) as mia:
		mia.open("Form", "VIP Event", gathering.name)
		assert mia.page.evaluate(primary) == ["Choose the Guests"]
		mia.all_is_within_reach("event")
		mia.page.set_viewport_size({"width": 1280, "height": 900})
		mia.press("Choose the Guests")
		mia.see("Nothing is sent yet.").press("Yes")
		mia.page.wait_for_function("() => cur_frm.doc.__onload && cur_frm.doc.__onload.planned == 1")
		assert mia.page.evaluate(primary) == ["Send the Next Wave"]
