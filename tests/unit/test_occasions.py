"""Birthdays, festivals and seasons fall on the days on which people celebrate them."""

from datetime import date, timedelta

import astronomy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lunardate import LunarDate

from keep_customers.engine import occasions as o

# lunardate 0.3.0 lets these two months begin a day late and a day early; the new moons were on 1954-11-25, 20:30
# and on 1978-09-03, 00:09 in Beijing. Another library, lunar-python 1.4.8, was compared once and agrees with ours.
ITS_MISTAKES = {(1954, 10), (1954, 11), (1978, 7), (1978, 8)}


def test_lunar_days_of_a_century_agree_with_a_second_library():
	day, compared = date(1950, 1, 1), 0
	while day < date(2051, 1, 1):
		theirs = LunarDate.from_solar_date(day.year, day.month, day.day)
		if (theirs.year, theirs.month) not in ITS_MISTAKES:
			assert o.recurs(day, o.LUNAR) == f"L-{theirs.month:02}-{theirs.day:02}", day
			compared += 1
		day += timedelta(days=1)
	assert compared > 36_700


@pytest.mark.parametrize(
	("born", "celebrated"),
	[
		# Hong Kong Observatory, Gregorian-Lunar Calendar Conversion Table.
		(date(1984, 2, 2), "L-01-01"),
		(date(1985, 2, 20), "L-01-01"),
		(date(2000, 2, 5), "L-01-01"),
		(date(2026, 9, 25), "L-08-15"),
		(date(1978, 9, 17), "L-08-15"),  # the mainland's Mid-Autumn of that year
		(date(2020, 5, 23), "L-04-01"),  # the first day of a leap fourth month
		(date(2033, 12, 22), "L-11-01"),  # the leap eleventh month that older tables miss
	],
)
def test_published_lunar_days(born, celebrated):
	assert o.recurs(born, o.LUNAR) == celebrated


def test_born_in_a_leap_month_celebrates_in_the_ordinary_one():
	born = date(1976, 10, 1)  # the 8th of the leap 8th month
	key = o.recurs(born, o.LUNAR)
	assert key == "L-08-08"
	assert o.next_on(key, date(2026, 1, 1)) == date(2026, 9, 18)
	# 2025 has a leap sixth month: once a year all the same, in the ordinary one.
	days = [date(2025, 1, 1) + timedelta(days=n) for n in range(365)]
	assert [day for day in days if "L-06-08" in o.marks(day)] == [date(2025, 7, 2)]


def test_the_thirtieth_of_a_short_month_is_its_last_day():
	assert o.next_on("L-12-30", date(2026, 1, 1)) == date(2026, 2, 16)  # 2025's twelfth month has 29 days
	assert "L-12-30" in o.marks(date(2026, 2, 16)) and "L-12-29" in o.marks(date(2026, 2, 16))


def test_the_29th_of_february():
	assert o.recurs(date(2000, 2, 29)) == "G-02-29"
	assert o.next_on("G-02-29", date(2027, 1, 1)) == date(2027, 2, 28)
	assert o.next_on("G-02-29", date(2028, 1, 1)) == date(2028, 2, 29)
	assert "G-02-29" not in o.marks(date(2028, 2, 28))
	assert "G-02-29" in o.marks(date(2100, 2, 28)), "2100 is no leap year"


def test_a_day_whose_year_nobody_knows():
	assert o.recurs_on(2, 29) == "G-02-29" and o.recurs_on(12, 30, o.LUNAR) == "L-12-30"
	for month, day, calendar in (
		(2, 30, o.GREGORIAN), (4, 31, o.GREGORIAN), (13, 1, o.GREGORIAN), (0, 1, o.GREGORIAN), (1, 0, o.GREGORIAN),
		(1, 31, o.LUNAR), (13, 1, o.LUNAR), (8, 0, o.LUNAR), (-1, 5, o.LUNAR),
	):  # fmt: skip
		with pytest.raises(ValueError):
			o.recurs_on(month, day, calendar)


@given(
	st.integers(1, 12),
	st.integers(1, 30),
	st.sampled_from([o.GREGORIAN, o.LUNAR]),
	st.dates(date(1950, 1, 1), date(2090, 1, 1)),
)
def test_every_day_without_a_year_comes_every_year(month, day, calendar, today):
	try:
		key = o.recurs_on(month, day, calendar)
	except ValueError:
		assert calendar == o.GREGORIAN and day > 28
		return
	assert key in o.marks(o.next_on(key, today))


@pytest.mark.parametrize(
	("born", "celebrated", "years"),
	[
		(
			date(2020, 5, 23),
			date(2026, 5, 17),
			6,
		),  # the 1st of the leap 4th month; the ordinary 4th month of 2026
		(date(2023, 3, 22), date(2024, 3, 10), 1),  # the 1st of the leap 2nd month
		(date(2033, 12, 22), date(2034, 12, 11), 1),  # the 1st of the leap 11th month
		(date(1980, 1, 18), date(2022, 1, 3), 42),  # the 1st of 1979's twelfth month
		(date(1980, 1, 18), date(2022, 12, 23), 43),
	],
)
def test_the_age_of_who_was_born_in_a_leap_month_or_in_january(born, celebrated, years):
	assert o.recurs(born, o.LUNAR) in o.marks(celebrated)
	assert o.years_since(born, o.LUNAR, celebrated) == years


births = st.dates(date(1900, 1, 31), date(2060, 12, 31))
years = st.dates(date(1950, 1, 1), date(2095, 1, 1))


@given(births, st.sampled_from([o.GREGORIAN, o.LUNAR]), years)
def test_everybody_is_greeted_once_a_year_on_the_day_that_was_announced(born, calendar, today):
	key = o.recurs(born, calendar)
	first = o.next_on(key, today)
	second = o.next_on(key, first + timedelta(days=1))
	assert key in o.marks(first) and key in o.marks(second)
	apart = (second - first).days
	assert apart in ((365, 366) if calendar == o.GREGORIAN else range(353, 386))
	days = (today + timedelta(days=n) for n in range((first - today).days))
	assert not any(key in o.marks(day) for day in days)


def test_a_lunar_birthday_before_the_tables_is_refused():
	with pytest.raises(ValueError):
		o.recurs(date(1899, 12, 31), o.LUNAR)
	assert o.recurs(date(1899, 12, 31)) == "G-12-31"
	assert o.marks(date(2150, 3, 3)) == {"G-03-03"}


@pytest.mark.parametrize(
	("name", "days"),
	[
		("Spring Festival", [(2024, 2, 10), (2025, 1, 29), (2026, 2, 17), (2027, 2, 6)]),
		("Chinese New Year's Eve", [(2026, 2, 16)]),
		("Lantern Festival", [(2026, 3, 3)]),
		("Dragon Boat Festival", [(2025, 5, 31), (2026, 6, 19)]),
		("Mid-Autumn Festival", [(2025, 10, 6), (2026, 9, 25)]),
		("Double Ninth Festival", [(2026, 10, 18)]),
		("Easter", [(2025, 4, 20), (2026, 4, 5)]),
		("Thanksgiving", [(2025, 11, 27), (2026, 11, 26)]),
		("Diwali", [(2025, 10, 20), (2026, 11, 8)]),
		("Eid al-Fitr", [(2025, 3, 30), (2026, 3, 20)]),
		("Christmas", [(2026, 12, 25)]),
	],
)
def test_festivals(name, days):
	assert [o.festival(name, year) for year, *_rest in days] == [date(*day) for day in days]


def test_the_chinese_festivals_are_those_of_the_holidays_library():
	import holidays

	names = {
		"Chinese New Year (Spring Festival)": "Spring Festival",
		"Dragon Boat Festival": "Dragon Boat Festival",
		"Mid-Autumn Festival": "Mid-Autumn Festival",
	}
	for year in range(2008, 2051):
		known = holidays.country_holidays("CN", years=year, language="en_US")
		for theirs, ours in names.items():
			days = [day for day, name in known.items() if theirs in name.split("; ")]
			assert o.festival(ours, year) in days, (year, ours)


@pytest.mark.parametrize("year", [2026, 2027, 2030, 2035])
def test_every_festival_has_a_day_in_the_years_to_come(year):
	assert all(o.festival(name, year) for name in o.FESTIVALS)


# Major Cold of 1979 came within ten seconds of midnight, which is less than anybody computes for sure.
AT_MIDNIGHT = {(1979, "Major Cold")}


def test_solar_terms_of_a_century_are_where_the_sun_is():
	for year in range(1950, 2051):
		for number, name in enumerate(o.SOLAR_TERMS):
			# Minor Cold is 285 degrees of the sun's longitude, each term 15 more; a term is about 15.2 days.
			start = astronomy.Time.Make(year, 1, 1, 0, 0, 0).AddDays(15.2 * number - 4)
			moment = astronomy.SearchSunLongitude((285 + 15 * number) % 360, start, 20)
			in_beijing = moment.Utc() + timedelta(hours=8)
			if (year, name) not in AT_MIDNIGHT:
				assert o.solar_term(name, year) == in_beijing.date(), (year, name)


def test_solar_terms():
	"""Hong Kong Observatory, The 24 Solar Terms, 2026."""
	days = [o.solar_term(name, 2026) for name in o.SOLAR_TERMS]
	published = "0105 0120 0204 0218 0305 0320 0405 0420 0505 0521 0605 0621 0707 0723 0807 0823 0907 0923 1008 1023 1107 1122 1207 1222"
	assert [f"{day:%m%d}" for day in days] == published.split()
	assert days == sorted(days)


def test_a_lunar_birthday_may_fall_twice_in_a_gregorian_year_and_in_another_not_at_all():
	born = date(1980, 1, 18)  # the 1st of the 12th month of 1979
	text = o.recurs(born, o.LUNAR)
	days = [date(2022, 1, 1) + timedelta(days=n) for n in range(3 * 365 + 1)]
	celebrated = [day for day in days if text in o.marks(day)]
	assert celebrated == [date(2022, 1, 3), date(2022, 12, 23), date(2024, 1, 11), date(2024, 12, 31)]
	# 2021 - 1979, 2022 - 1979, and so on: the Chinese year begins in February.
	assert [o.years_since(born, o.LUNAR, day) for day in celebrated] == [42, 43, 44, 45]


@pytest.mark.parametrize(
	("born", "calendar", "day", "years"),
	[
		(date(1992, 2, 29), o.GREGORIAN, date(2026, 2, 28), 34),
		(date(1980, 1, 18), o.GREGORIAN, date(2026, 1, 18), 46),
		(date(1980, 2, 16), o.LUNAR, date(2026, 2, 17), 46),  # Spring Festival, both times
		(date(1980, 2, 15), o.LUNAR, date(2026, 2, 16), 46),  # the eve: 30th of 1979, 29th of 2025
	],
)
def test_years_are_counted_by_the_calendar_they_are_kept_in(born, calendar, day, years):
	assert o.recurs(born, calendar) in o.marks(day)
	assert o.years_since(born, calendar, day) == years


@given(births, st.sampled_from([o.GREGORIAN, o.LUNAR]), years)
def test_everybody_is_a_year_older_at_each_birthday(born, calendar, today):
	text = o.recurs(born, calendar)
	first = o.next_on(text, today)
	second = o.next_on(text, first + timedelta(days=1))
	assert o.years_since(born, calendar, second) == o.years_since(born, calendar, first) + 1
