"""What is known not to hold, and why, as ``who · about what · by which door: what comes of it``; * stands for anything.

Each is tried whenever the matrix is, and has to be taken out once it is no longer found.
"""

from fnmatch import fnmatchcase

import frappe

from tests.site.host import GENUINE

# Decided so.
DECIDED = {
	"[rsm]* · Lead · *: tells Customer.name": (
		"who is to win a lead is told who recommends it, as by ERPNext's own From Customer"
	),
}
# The host's own, which we do not mend.
HOSTS = {
	"* · * · set_value: tells *.name": "it names the document whose row it refuses",
	"portal · Contact · *: tells Customer.name": "a contact names whom who made it says to belong to",
	"[rsm]* · Contact · *: tells Customer.*": "its roles let staff read all contacts, and whom they belong to",
}
# Those of one version only.
OF_16 = {
	"manager · Keep Excluded Customer · list: tells Customer.name": "nobody is asked about a list of the rows of a Single",
	"manager · Keep Excluded Customer · card: counts it: *": "the same",
}
# Of Frappe 16 as it was when the sandbox's was packaged.
OF_SANDBOX = OF_16 | {
	"[rsm]* · Lead · read: tells Customer.customer_name, Customer.name": (
		"expand_links gives what a document of the host's links to, and asks nobody"
	),
}
OF_15 = {
	"[rsm]* · File · GET download_file: tells Complaint Case.name": (
		"to who knows a private file's address it says what the file hangs on, while refusing it"
	),
	"[rsm]* · Communication · read: tells Complaint Case.name": "likewise what a mail is about",
}
KNOWN = DECIDED | HOSTS | (OF_SANDBOX if not GENUINE else OF_15 if frappe.__version__ < "16" else OF_16)


def nothing_else(attacker):
	new = sorted(one for one in attacker.found if not any(fnmatchcase(one, known) for known in KNOWN))
	assert not new, "\n".join(["found, and not in known.py:", *new])


def still_so(attackers):
	"""As far as they have asked for it."""
	asked = {key for one in attackers for key in one.asked}
	found = {key for one in attackers for key in one.found}
	mended = [
		known
		for known in KNOWN
		if any(fnmatchcase(key, known.partition(": ")[0]) for key in asked)
		and not any(fnmatchcase(key, known) for key in found)
	]
	assert not mended, "\n".join(["no longer so; please take it out of known.py:", *mended])
