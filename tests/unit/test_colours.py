"""A figure of the workspaces is read in the light theme and in the dark one."""

import json
from pathlib import Path

import pytest

MODULE = Path(__file__).parents[2] / "keep_customers/keep_customers"
CARDS = {
	path.stem: json.loads(path.read_text(encoding="utf-8")) for path in MODULE.glob("number_card/*/*.json")
}
LIGHT, DARK = "#FFFFFF", "#171717"
LARGE = 3  # to 1, for large letters: WCAG 2.2, 1.4.3


def luminance(colour: str) -> float:
	parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
	linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
	return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
	dark, light = sorted((luminance(one), luminance(other)))
	return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_twenty_one_to_one():
	assert contrast("#000000", LIGHT) == pytest.approx(21)


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
@pytest.mark.parametrize("ground", [LIGHT, DARK])
def test_a_card_is_read_in_both_themes(card, ground):
	assert contrast(card["color"], ground) >= LARGE
