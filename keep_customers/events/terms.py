"""VIP Events and VIP Invitations: their fields that nobody writes by hand, and what is said when something cannot be done."""

import frappe
from frappe import _

from keep_customers.engine import events as engine

EVENT, INVITATION = "VIP Event", "VIP Invitation"
FIELDS = (
	"name", "theme", "status", "starts_on", "ends_on", "reply_until", "capacity", "max_companions", "small_may_pass", "wave", "host",
)  # fmt: skip
# What only buttons, guests and nights write.
OF_EVENT = (
	"suggestion", "wave", "sequence", "invited", "accepted", "waiting", "attended", "no_shows", "rating", "ratings", "cost_per_head",
	"bought_invited", "bought_compared", "compared", "result_until", "result_currency",
)  # fmt: skip
OF_INVITATION = (
	"status", "ask_again", "companions", "wave", "invited_on", "reminded_on", "replied_on", "opened_on", "waiting_since", "checked_in_on",
	"checked_in_by", "before_check_in",
)  # fmt: skip
# What the engine refuses because of those who come along.
ABOUT_COMPANIONS = ("too many companions", "larger than the room", "no place for more companions")
OVER = "Event is over"
CALLED_OFF = "Event called off"


class TooManyCompanions(frappe.ValidationError):
	"""With fewer companions it would be possible."""


def why_not() -> dict[str, str]:
	"""What to say where the engine refuses."""
	return {
		"final": _("This event is over or called off. Please plan another one; you can copy it."),
		"not next": _("This is not the next step of the event."),
		"no day": _("Please say when the event starts."),
		"over": _("The event is over."),
		"not yet": _("The event has not begun yet. Please wait until it was held, or correct its day."),
		"nobody checked in": _(
			"Nobody was checked in. Please check in who came, or say that everybody came."
		),
		"invitation cancelled": _("This invitation was cancelled. Please ask us if you have a question."),
		"too many companions": _("So many companions are not possible. Please choose fewer."),
		"larger than the room": _("There is not so much room. Please come with fewer companions."),
		"no place for more companions": _(
			"There is no place left for more companions. Your own places stay reserved."
		),
		"full": _(
			"There is no free place left. If there is room all the same, please raise the capacity of the event."
		),
		"not open": _("Nobody can reply to this event now."),
		"too late to reply": _("The time to reply is over. Please ask us if you would like to come."),
		"not the day": _("Guests are checked in on the day of the event."),
	}


def refuse(refused: engine.Refused) -> None:
	about_companions = refused.why in ABOUT_COMPANIONS
	frappe.throw(why_not()[refused.why], TooManyCompanions if about_companions else frappe.ValidationError)
