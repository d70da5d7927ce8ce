"""The pictures of the guides: the demo, looked at as its reps, their manager and their guests see it, in two languages.

Runs inside the sandbox's site, beside its web server. Each picture is a function that brings the page there; where it is
looked at, and by whom, stands above it.
"""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import frappe
from frappe.utils import add_days, today
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from keep_customers.complaints import feedback
from keep_customers.events import pages
from keep_customers.jobs import nightly
from keep_customers.worth.forecasts import AS_BEFORE

from .demo import words
from .demo.company import ANNA, CHEN, MANAGER

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
REP, GUEST = "rep", "Guest"
MOST_BYTES = 150_000
BROWSER = [
	"--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
	"--disable-sync", "--hide-scrollbars",
]  # fmt: skip
AT_REST = "() => !window.frappe?.request?.ajax_count && document.readyState === 'complete'"


class Picture(NamedTuple):
	who: str
	size: dict
	show: Callable


class Look:
	"""One page of a browser, as somebody of the demo.

	:ivar user: who looks, None for a guest
	:ivar language: of the site
	"""

	def __init__(self, page: Page, url: str, user: str | None, language: str):
		self.page, self.url, self.user, self.language = page, url, user, language

	def desk(self, *route: str) -> "Look":
		# From the app's own first page, whose menu stays beside what is opened from it.
		self.page.goto(f"{self.url}/app/keep-customers", wait_until="domcontentloaded")
		self.page.wait_for_function(
			"() => window.frappe && frappe.boot && document.querySelector('.page-container .page-head')"
		)
		self.rest()
		self.page.evaluate("route => frappe.set_route(route)", "/app/" + "/".join(route))
		return self.rest(2000)

	def website(self, address: str) -> "Look":
		address = "/" + address.split("://", 1)[-1].split("/", 1)[-1] if "://" in address else address
		self.page.goto(f"{self.url}{address}")  # it has no script to wait for
		return self

	def rest(self, milliseconds: int = 800) -> "Look":
		"""Until nothing is asked of the server any more, and what was drawn has stopped moving."""
		self.page.wait_for_timeout(milliseconds)
		self.page.wait_for_function(AT_REST)
		self.page.wait_for_timeout(milliseconds)
		return self

	def tab(self, fieldname: str) -> "Look":
		self.page.locator(f".form-tabs [data-fieldname='{fieldname}']").first.click()
		return self.rest()

	def shot(self) -> Image.Image:
		return Image.open(BytesIO(self.page.screenshot(animations="disabled"))).convert("RGB")


PICTURES: dict[str, Picture] = {}


def picture(who: str, size: dict):
	"""Register the function as the picture of its name."""

	def register(show: Callable) -> Callable:
		PICTURES[show.__name__.replace("_", "-")] = Picture(who, size, show)
		return show

	return register


# What the rep sees


@picture(REP, PHONE)
def my_day_phone(look: Look):
	look.desk("my-day")


@picture(REP, DESK)
def my_day(look: Look):
	look.desk("my-day")


@picture(REP, DESK)
def todos(look: Look):
	look.desk("todo")


@picture(REP, DESK)
def contact(look: Look):
	look.desk("todo", _contact(look.user))


@picture(REP, PHONE)
def contact_phone(look: Look):
	look.desk("todo", _contact(look.user))


@picture(REP, DESK)
def closing(look: Look):
	look.desk("todo", _contact(look.user))
	look.page.evaluate("() => { cur_frm.set_value('status', 'Closed').then(() => cur_frm.save()) }")
	dialog = look.page.locator(".modal.show")
	look.page.wait_for_function("() => window.cur_dialog && cur_dialog.display")  # not while it fades in
	dialog.locator("textarea[data-fieldname=notes]").fill(words.of(words.NOTES, look.language)[0])
	dialog.locator("input[data-fieldname=next_step]").fill(words.of(words.STEPS, look.language)[0])
	look.page.keyboard.press("Tab")
	look.page.evaluate("day => cur_dialog.set_value('next_step_date', day)", add_days(today(), 7))
	look.rest()


@picture(REP, DESK)
def customer(look: Look):
	look.desk("customer", frappe.db.get_value("ToDo", _contact(look.user), "reference_name"))
	if frappe.get_meta("Customer").has_field("keep_tab"):
		look.tab("keep_tab")


@picture(REP, DESK)
def complaint(look: Look):
	case = frappe.get_all(
		"Complaint Case",
		{"responsible": look.user, "status": ("!=", "Closed")},
		pluck="name",
		order_by="opened_on",
	)
	look.desk("complaint-case", case[0])


# What the manager sees


@picture(MANAGER, DESK)
def workspace(look: Look):
	look.desk("keep-customers")


@picture(MANAGER, DESK)
def overview(look: Look):
	look.desk("query-report", "Tier Overview")


@picture(MANAGER, DESK)
def at_risk(look: Look):
	look.desk("query-report", "Customers at Risk")


@picture(MANAGER, DESK)
def event(look: Look):
	look.desk("vip-event", _event("Held"))


@picture(MANAGER, DESK)
def forecast_check(look: Look):
	look.desk("forecast-check", frappe.get_all("Forecast Check", pluck="name", order_by="creation desc")[0])


# What the administrator sees


@picture("Administrator", DESK)
def settings(look: Look):
	look.desk("keep-customers-settings")


@picture("Administrator", DESK)
def set_up(look: Look):
	frappe.db.set_single_value("Keep Customers Settings", "set_up_done", "populations")
	frappe.db.commit()
	look.desk("keep-set-up")


@picture("Administrator", DESK)
def benefit(look: Look):
	look.desk("tier-benefit", "Platinum Price")


# What guests see


@picture(GUEST, PHONE)
def complaint_phone(look: Look):
	case = frappe.get_doc("Complaint Case", frappe.db.exists("Complaint Case", {"status": "Solution Given"}))
	return _beside(
		look.website(f"/complain?_lang={look.language}").shot(),
		look.website(feedback.link(case, look.language)).shot(),
	)


@picture(GUEST, PHONE)
def event_phone(look: Look):
	concert = _event("Inviting")
	return _beside(
		*(
			look.website(pages.invitation_link(_invitation(concert, status), look.language)).shot()
			for status in ("Invited", "Declined", "Accepted")
		)
	)


# Last, as it changes what all others show.


@picture("Administrator", DESK)
def forecast_preview(look: Look):
	frappe.db.set_single_value("Keep Customers Settings", "forecasts", AS_BEFORE)
	nightly.run()
	look.desk("query-report", "Forecast Preview")


def _contact(user: str) -> str:
	"""A ToDo of a rep that has something to tell: a promise or a birthday, else the first one."""
	rows = frappe.get_all(
		"ToDo",
		{"allocated_to": user, "status": "Open", "keep_follow_up": ("is", "set"), "keep_tier": "Platinum"},
		pluck="name",
		order_by="keep_turn desc, reference_name asc",
	)
	return rows[0]


def _event(status: str) -> str:
	return frappe.get_all("VIP Event", {"status": status}, pluck="name")[0]


def _invitation(event: str, status: str) -> str:
	return frappe.get_all(
		"VIP Invitation", {"event": event, "status": status}, pluck="name", order_by="customer asc"
	)[0]


def _beside(*shots: Image.Image, gap: int = 16) -> Image.Image:
	whole = Image.new(
		"RGB", (sum(one.width + gap for one in shots) - gap, max(one.height for one in shots)), "white"
	)
	left = 0
	for one in shots:
		whole.paste(one, (left, 0))
		left += one.width + gap
	return whole


# Taking them


def take(url: str, language: str, folder: str, chromium: str, *only: str) -> None:
	"""Write the pictures, or only those named, into the folder.

	:raises SystemExit: if one is larger than a guide should make people load
	"""
	target = Path(folder)
	target.mkdir(parents=True, exist_ok=True)
	reps = {"en": ANNA, "zh": CHEN}
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER)
		for name, one in PICTURES.items():
			if only and name not in only:
				continue
			user = {REP: reps[language], GUEST: None}.get(one.who, one.who)
			context = browser.new_context(viewport=one.size, locale=language, reduced_motion="reduce")
			if user:
				context.request.post(f"{url}/sandbox", form={"user": user}, max_redirects=0)
			look = Look(context.new_page(), url, user, language)
			look.page.set_default_timeout(90_000)
			frappe.db.rollback()  # pages have written since, and SQLite lets nobody write who has read before
			image = one.show(look)
			_write(image or look.shot(), target / f"{name}.png")
			context.close()
		browser.close()


def _write(image: Image.Image, path: Path) -> None:
	image.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
	size = path.stat().st_size
	print(f"{path.parent}/{path.name}: {size // 1024} kB", flush=True)
	if size > MOST_BYTES:
		raise SystemExit(f"{path} is larger than {MOST_BYTES // 1000} kB.")
