"""ToDos that no follow-up made are read by each in their own language too: when they are made, given on, and when their user
chooses another one."""

import frappe

from keep_customers.care import confirming, lost_addresses, not_useful, routing
from keep_customers.complaints import told
from keep_customers.erp.language import language_of, site_language
from keep_customers.erp.todo_words import retold
from keep_customers.events import year
from keep_customers.messaging import purchase_feedback
from keep_customers.retention import reviews
from keep_customers.visits import approval

# What they are about.
ABOUT = (
	"Complaint Case", "Loss Review", "Contact Confirmation", "Contact", "Customer", "Customer File", "Keep Customers Settings",
	"Visit Plan", "Customer Feedback",
)  # fmt: skip
IN_PARTS = (confirming, lost_addresses, not_useful, routing, reviews, year, approval, purchase_feedback)


def validate(todo, method=None) -> None:
	"""Before a ToDo is written. Whoever caused it, or had it before, may read another language."""
	if _ours(todo) and (todo.is_new() or todo.has_value_changed("allocated_to")):
		todo.description = _in(language_of(todo.allocated_to), todo.description)


def speak_to(user: str, language: str | None) -> None:
	"""Write a user's open ToDos in another language, past the document life: nothing else has changed."""
	for todo in frappe.get_all(
		"ToDo",
		filters={
			"allocated_to": user, "status": "Open", "reference_type": ("in", ABOUT), "keep_follow_up": ("is", "not set"),
		},
		fields=["name", "description"],
	):  # fmt: skip
		words = _in(language or site_language(), todo.description)
		if words != todo.description:
			frappe.db.set_value("ToDo", todo.name, "description", words, update_modified=False)


def _ours(todo) -> bool:
	return todo.reference_type in ABOUT and not todo.get("keep_follow_up")


def _in(language: str, description: str | None) -> str | None:
	return description and retold(description, language, _sentences, _words)


def _sentences() -> list[str]:
	return [*told.on_lists(), *(one for part in IN_PARTS for one in part.sentences())]


def _words() -> list[str]:
	return [*told.words(), *routing.words()]
