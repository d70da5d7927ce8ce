"""Working days from ERPNext's Holiday List."""

from datetime import date, datetime, timedelta

import frappe
from frappe.utils import cint, get_datetime, getdate, now_datetime

from keep_customers.engine.followups import WorkingDays, weekly_days_off
from keep_customers.erp import host

CLOCKS_DIFFER = timedelta(minutes=10)  # a form's day and time are its computer's
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def working_days(settings) -> WorkingDays:
	"""Those of :func:`holiday_list`, and after its end by its weekly days off; else Monday to Friday."""
	name = holiday_list(settings)
	wanted = ("from_date", "to_date", "weekly_off", "is_half_day")
	of_list = host.values("Holiday List", name, wanted) if name else {}
	if not of_list.get("to_date"):
		return WorkingDays()
	holidays = days_off(name)
	first, last = getdate(of_list.from_date), getdate(of_list.to_date)
	named = None if of_list.is_half_day or not of_list.weekly_off else WEEKDAYS.index(of_list.weekly_off)
	return WorkingDays(frozenset(holidays), first, last, weekly_days_off(holidays, last, named))


def holiday_list(settings) -> str | None:
	"""The settings' holiday list, else the default company's."""
	company = frappe.db.get_single_value("Global Defaults", "default_company")
	return settings.holiday_list or (
		company and frappe.db.get_value("Company", company, "default_holiday_list")
	)


def days_off(name: str) -> dict[date, bool]:
	"""The days of a holiday list -> whether they are weekly ones; on half a day, which ERPNext knows from 16 on, people work."""
	half = {"is_half_day": 0} if host.has("Holiday", "is_half_day") else {}
	rows = frappe.get_all(
		"Holiday",
		filters={"parent": name, "parenttype": "Holiday List", **half},
		fields=["holiday_date", "weekly_off"],
		as_list=True,
	)
	return {getdate(day): bool(cint(weekly)) for day, weekly in rows}


def happened(moment: datetime | str) -> datetime | str:
	"""When something was that a form says; now, where its computer's clock is a little ahead."""
	now = now_datetime()
	return now if now < get_datetime(moment) <= now + CLOCKS_DIFFER else moment
