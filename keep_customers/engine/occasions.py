"""What recurs every year: birthdays by the Gregorian and the Chinese calendar, festivals, solar terms.

The Chinese calendar is that of GB/T 33661-2017 (Beijing time), 1900 to 2100. All functions take and give days of
the calendar on the wall; which day it is, is the caller's question (the site's time zone).
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from borax.calendars.lunardate import LCalendars, LunarDate, TermUtils
from dateutil.easter import easter

GREGORIAN, LUNAR = "Gregorian", "Lunar"
LEAP_YEAR = 2000
FIRST_LUNAR_DAY, LAST_LUNAR_DAY = date(1900, 1, 31), date(2101, 1, 28)


def recurs(day: date, calendar: str = GREGORIAN) -> str:
	"""What comes back every year of a day, as a text: "G-02-29", "L-08-15".

	Who was born in a leap month celebrates in the ordinary month of that number, which every year has.

	:param day: always of the Gregorian calendar, as it stands on a birth certificate
	:raises ValueError: for a lunar day outside 1900 to 2100
	"""
	if calendar != LUNAR:
		return f"G-{day.month:02}-{day.day:02}"
	lunar = _lunar(day)
	return f"L-{lunar.month:02}-{lunar.day:02}"


def recurs_on(month: int, day: int, calendar: str = GREGORIAN) -> str:
	"""As :func:`recurs`, of a day whose year is not known.

	:param month, day: of the calendar itself, so a lunar month where it is lunar
	:raises ValueError: if no year has such a day
	"""
	longest = 30 if calendar == LUNAR else monthrange(LEAP_YEAR, month)[1] if 1 <= month <= 12 else 0
	if not (1 <= month <= 12 and 1 <= day <= longest):
		raise ValueError(f"no day {day} in month {month}")
	return f"{calendar[0]}-{month:02}-{day:02}"


def marks(day: date) -> set[str]:
	"""The texts of :func:`recurs` that are celebrated on a day.

	29 February falls on 28 February in common years; the 30th of a lunar month that has 29 days, on the 29th.
	Nothing recurs in a leap month: its days were celebrated in the month before.
	"""
	found = {recurs(day)}
	if (day.month, day.day) == (2, 28) and not _is_leap(day.year):
		found.add("G-02-29")
	if FIRST_LUNAR_DAY <= day <= LAST_LUNAR_DAY:
		lunar = _lunar(day)
		if not lunar.leap:
			found.add(f"L-{lunar.month:02}-{lunar.day:02}")
			if lunar.day == 29 and LCalendars.ndays(lunar.year, lunar.month) == 29:
				found.add(f"L-{lunar.month:02}-30")
	return found


def next_on(text: str, today: date) -> date:
	"""The first day from ``today`` on which something recurs.

	:raises ValueError: if that lies outside the lunar calendar's years
	"""
	kind, month, day = text.split("-")
	for year in range(today.year - 1, today.year + 3):
		when = _in_year(kind, year, int(month), int(day))
		if when >= today:
			return when
	raise AssertionError(text)  # every year has its day


def last_on(text: str, today: date) -> date:
	"""The last day up to ``today`` on which something of the Gregorian calendar recurred."""
	this_year = next_on(text, date(today.year, 1, 1))
	return this_year if this_year <= today else next_on(text, date(today.year - 1, 1, 1))


def own_year(calendar: str, day: date) -> int:
	"""The year a day belongs to by a calendar: in January the Chinese one is mostly still in the year before.

	:param calendar: as it is chosen, or a text of :func:`recurs`
	:raises ValueError: for a lunar day outside 1900 to 2100
	"""
	return _lunar(day).year if calendar.startswith("L") else day.year


def years_since(born: date, calendar: str, day: date) -> int:
	"""How many years come full on a day on which ``born`` is celebrated, by its own calendar."""
	return own_year(calendar, day) - own_year(calendar, born)


def _in_year(kind: str, year: int, month: int, day: int) -> date:
	if kind == "G":
		return date(year, month, 28 if (month, day) == (2, 29) and not _is_leap(year) else day)
	return LunarDate(year, month, min(day, LCalendars.ndays(year, month))).to_solar_date()


def _lunar(day: date) -> LunarDate:
	return LunarDate.from_solar_date(day.year, day.month, day.day)


def _is_leap(year: int) -> bool:
	return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _fixed(month: int, day: int) -> Callable[[int], date]:
	return lambda year: date(year, month, day)


def _by_moon(month: int, day: int) -> Callable[[int], date]:
	return lambda year: LunarDate(year, month, day).to_solar_date()


def _eve_of_spring_festival(year: int) -> date:
	return LunarDate(year, 1, 1).to_solar_date() - timedelta(days=1)


def _known(country: str, name: str, *categories: str) -> Callable[[int], date | None]:
	"""A festival as the library holidays knows it in a country; days seen by the moon are estimates."""

	def when(year: int) -> date | None:
		import holidays  # half a second, and only some need it

		known = holidays.country_holidays(
			country, years=year, language="en_US", categories=categories or ("public",)
		)
		days = [
			day
			for day, names in known.items()
			if day.year == year and any(one.split(" (")[0] == name for one in names.split("; "))
		]
		return min(days, default=None)

	return when


FESTIVALS: dict[str, Callable[[int], date | None]] = {
	"New Year": _fixed(1, 1),
	"Chinese New Year's Eve": _eve_of_spring_festival,
	"Spring Festival": _by_moon(1, 1),
	"Lantern Festival": _by_moon(1, 15),
	"Women's Day": _fixed(3, 8),
	"Eid al-Fitr": _known("AE", "Eid al-Fitr"),
	"Easter": easter,
	"Labour Day": _fixed(5, 1),
	"Dragon Boat Festival": _by_moon(5, 5),
	"Eid al-Adha": _known("AE", "Eid al-Adha"),
	"Double Seventh Festival": _by_moon(7, 7),
	"Mid-Autumn Festival": _by_moon(8, 15),
	"Double Ninth Festival": _by_moon(9, 9),
	"Diwali": _known("IN", "Diwali", "public", "optional"),
	"Thanksgiving": _known("US", "Thanksgiving Day"),
	"Christmas": _fixed(12, 25),
}
# In the order of the year; the four that open a season are named so.
SOLAR_TERMS = (
	"Minor Cold", "Major Cold", "Beginning of Spring", "Rain Water", "Awakening of Insects", "Spring Equinox",
	"Clear and Bright", "Grain Rain", "Beginning of Summer", "Grain Buds", "Grain in Ear", "Summer Solstice",
	"Minor Heat", "Major Heat", "Beginning of Autumn", "End of Heat", "White Dew", "Autumn Equinox", "Cold Dew",
	"Frost's Descent", "Beginning of Winter", "Minor Snow", "Major Snow", "Winter Solstice",
)  # fmt: skip


@cache
def festival(name: str, year: int) -> date | None:
	"""The day of a festival of :data:`FESTIVALS` in a Gregorian year; None if it is not known."""
	try:
		return FESTIVALS[name](year)
	except ValueError:  # outside the lunar calendar's years
		return None


def solar_term(name: str, year: int) -> date:
	"""The day on which the sun reaches a term of :data:`SOLAR_TERMS`, in Beijing.

	:raises ValueError: outside 1900 to 2100
	"""
	return TermUtils.nth_term_day(year, SOLAR_TERMS.index(name))
