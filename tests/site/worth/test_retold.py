"""What a night has written in the site's language is read in the reader's."""

import frappe
import pytest

from keep_customers.engine import tiers
from keep_customers.engine.forecasts import choice
from keep_customers.erp.language import speaking
from keep_customers.worth import checks
from keep_customers.worth.reasons import bases, kept, sentences
from keep_customers.worth.retold import retold

FIGURES = {
	"current": "€ 6.050,00", "months": 12, "high": "20", "high_cut": "51,47 EUR", "potential": "4.787,68 EUR", "top": "5",
	"top_cut": "–", "low": "20", "low_cut": "2,90 EUR",
}  # fmt: skip


def written(language: str, segment: int, tier: str, given: str | None, gross_profit: bool) -> str:
	"""As a site of this language would have it."""
	name = {one: frappe._(one, language, "Customer Tier") for one in (tier, given) if one}
	figures = FIGURES | {"tier": name[tier], "basis": bases(language)[gross_profit]}
	text = sentences(language)[segment].format(**figures)
	return kept(language).format(reason=text, tier=name[given]) if given else text


@pytest.mark.parametrize("language", ["zh", "zh-TW"])
@pytest.mark.parametrize("gross_profit", [False, True])
@pytest.mark.parametrize("given", [None, "Gold"])
@pytest.mark.parametrize(
	("segment", "tier"),
	[(tiers.TOP, "Platinum"), (tiers.HIGH, "Gold"), (tiers.BROAD, "Iron"), (tiers.LOW, "Lead")],
)
def test_the_same_as_a_site_of_that_language_writes(story, segment, tier, given, gross_profit, language):
	english = written("en", segment, tier, given, gross_profit)
	assert english.startswith(f"{tier}: € 6.050,00 ")
	assert retold(english) == english
	with speaking(language):
		assert retold(english) == written(language, segment, tier, given, gross_profit)


def test_what_somebody_has_said_stays_as_it_is(story):
	with speaking("zh"):
		for text in ("Sister of the mayor", "{tier}", "", None):
			assert retold(text) == text


def test_why_somebody_has_pinned_it_stays_in_their_words(story):
	with speaking("zh"):
		said = retold("Platinum: pinned until 2027-01-01. Sister of the mayor")
	assert said == "铂金：手动指定，有效期至 2027-01-01。Sister of the mayor"


def test_why_a_forecast_was_chosen(story):
	why = "On most of 4 past days Learner would have been clearly better than MBG/NBD, by 2.5 points on average."
	assert checks.retold(why) == why
	with speaking("zh"):
		said = checks.retold(why)
		assert said == checks.whys("zh")[choice.BETTER].format("4", "Learner", "MBG/NBD", "2.5") != why
		assert checks.retold("Somebody has written this.") == "Somebody has written this."
