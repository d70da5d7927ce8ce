"""What a form hides, no paper shows: the host prints hidden fields like others."""

import json
from pathlib import Path

DOCTYPES = Path(__file__).parents[2] / "keep_customers" / "keep_customers" / "doctype"
# The form shows these in another way: as the customer's title, among who has agreed to what.
SHOWN = {("Loss Review", "customer_name"), ("Customer File", "consents")}
NOT_PRINTED = ("Section Break", "Column Break", "Tab Break", "HTML", "Button")


def test_what_a_form_hides_is_not_printed():
	printed = set()
	for path in DOCTYPES.glob("*/*.json"):
		doctype = json.loads(path.read_text(encoding="utf-8"))
		printed |= {
			(doctype["name"], field["fieldname"])
			for field in doctype.get("fields", ())
			if field.get("hidden") and not field.get("print_hide") and field["fieldtype"] not in NOT_PRINTED
		}
	assert printed == SHOWN
