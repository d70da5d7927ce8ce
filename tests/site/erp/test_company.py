"""What guests see of the company: its name, a light logo, how to reach it."""

import io
import os

import frappe
import pytest
from PIL import Image

from keep_customers.erp import company
from tests.site.story import COMPANY, PREFIX


def picture(name, content):
	file = frappe.get_doc(
		{"doctype": "File", "file_name": f"{PREFIX}-{name}", "is_private": 1, "content": content}
	).insert()
	frappe.db.set_value("Company", COMPANY, "company_logo", file.file_url)


def test_the_company_says_how_it_is_reached(story):
	known = {"phone_no": "+49 (30) 5550-1", "email": "hello@keep.example"}
	frappe.db.set_value("Company", COMPANY, known)
	card = company.card(COMPANY)
	assert (card["name"], card["phone"], card["call"]) == (COMPANY, "+49 (30) 5550-1", "+493055501")
	assert card["email"] == "hello@keep.example" and card["logo"] is None


def test_without_anything_known_there_is_a_page_all_the_same(story):
	frappe.db.set_single_value("Global Defaults", "default_company", None)
	assert set(company.card()) == {"name", "logo", "phone", "call", "email", "website"}


@pytest.mark.parametrize(
	("written", "leads_to"),
	[
		("keep.example", "https://keep.example"),
		("http://keep.example/contact", "http://keep.example/contact"),
		("javascript:alert(1)", ""),
		("https://x/ <b>", ""),
		("soon", ""),
	],
)
def test_a_website_leads_somewhere_or_is_none(story, written, leads_to):
	frappe.db.set_value("Company", COMPANY, "website", written)
	assert company.card(COMPANY)["website"] == leads_to


def test_a_heavy_logo_becomes_a_light_one(story):
	photo = io.BytesIO()
	Image.frombytes("RGB", (900, 700), os.urandom(900 * 700 * 3)).save(photo, "PNG")
	picture("logo.png", photo.getvalue())
	logo = company.card(COMPANY)["logo"]
	assert (
		len(photo.getvalue()) > 1_000_000
		and logo.startswith("data:image/webp;base64,")
		and len(logo) < 40_000
	)


@pytest.mark.parametrize(
	("content", "shown"),
	[
		(b"<svg xmlns='http://www.w3.org/2000/svg'/>", True),
		(b"<svg>" + b" " * company.LARGEST_DRAWING, False),
		(b"no picture", False),
	],
)
def test_drawings_are_shown_if_they_are_light(story, content, shown):
	picture("logo.svg" if b"svg" in content else "logo.txt", content)
	assert bool(company.card(COMPANY)["logo"]) is shown


def test_what_says_that_it_is_larger_than_any_picture_costs_the_logo_and_no_page(story, monkeypatch):
	photo = io.BytesIO()
	Image.new("RGB", (100, 100)).save(photo, "PNG")
	picture("logo.png", photo.getvalue())
	monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
	assert company.card(COMPANY)["logo"] is None
