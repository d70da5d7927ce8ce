"""What ships says nothing that stands in a field beside it: who changes the field would make the text untrue."""

import json
import re
from pathlib import Path

import pytest

DEFAULTS = Path(__file__).parents[2] / "keep_customers/setup/defaults"
TEXTS = [
	(record["name"], field, record[field])
	for kind in ("care_rule", "customer_tier")
	for record in json.loads((DEFAULTS / f"{kind}.json").read_text(encoding="utf-8"))
	for field in ("description", "strategy", "benefits", "talking_points")
	if record.get(field)
]


@pytest.mark.parametrize(("name", "field", "text"), TEXTS)
def test_a_shipped_text_names_no_figure(name, field, text):
	assert not re.search(r"\d|\b(two|half a|a) (days|weeks?|months?)\b|half a year", text)
