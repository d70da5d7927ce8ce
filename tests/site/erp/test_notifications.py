"""A notification is one line that leads to its document."""

import frappe

from keep_customers.erp import todos
from tests.site.story import ANNA


def test_what_is_a_link_on_a_list_is_none_within_a_notification(story):
	firm = story.customer("Firm")
	words = f"Please look at {todos.link_to('Customer', firm, 'A <Firm>')}, and again at {todos.link_to('Customer', firm)}."
	todos.notify(ANNA, "Customer", firm, words)
	[subject] = frappe.get_all("Notification Log", {"document_name": firm}, pluck="subject")
	assert subject == f"Please look at <b>A &lt;Firm&gt;</b>, and again at <b>{firm}</b>."
