"""How complete a customer file is, and what to ask for next.

The personal part carries most of the worth, so it carries most of the points: who decides, who belongs to
the family, what the customer is like, how it likes to be served.
"""

from collections.abc import Mapping

WEIGHTS: dict[str, int] = {
	"dedicated_rep": 10,
	"decision_maker": 12,
	"birthday": 10,
	"phone": 6,
	"specifications": 8,
	"usage": 4,
	"preferred_channel": 4,
	"consent": 6,
	"family": 8,
	"work": 5,
	"character": 6,
	"leisure": 5,
	"values": 3,
	"buying_habits": 5,
	"taste": 4,
	"service_preference": 3,
	"promotion_attitude": 1,
}


def completeness(known: Mapping[str, bool]) -> tuple[float, list[str]]:
	"""Score what is known.

	:param known: key of :data:`WEIGHTS` -> whether it is known; missing keys count as unknown
	:returns: (percent 0 … 100, missing keys, the weightiest first)
	"""
	points = sum(weight for key, weight in WEIGHTS.items() if known.get(key))
	missing = sorted((key for key in WEIGHTS if not known.get(key)), key=lambda key: -WEIGHTS[key])
	return 100.0 * points / sum(WEIGHTS.values()), missing
