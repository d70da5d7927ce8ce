"""Our pages without what the host puts around each page of a website: hundreds of queries, a menu, a sidebar, a footer."""

from base64 import b64encode
from hashlib import sha256

import frappe
from frappe.website.page_renderers.template_page import TemplatePage

PAGES = frozenset(
	(
		"care-feedback", "care-unsubscribe", "complain", "complaint", "complaint-answer", "complaints", "event-check-in",
		"event-invitation", "guest-message",
	)
)  # fmt: skip

POLICY = (
	"default-src 'none'; img-src * data:; style-src 'unsafe-inline'; connect-src 'self'; form-action 'self';"
	" base-uri 'none'; frame-ancestors 'none'"
)

# Asked for anew each time: without it, as the host's 15 has it, a browser keeps a 410 for good, and a link that works again
# would never be asked about. Not "no-store": who comes back to a form after the line broke finds what they wrote.
CACHED = "private, no-cache"


class GuestPage(TemplatePage):
	"""A page of ``www/`` that stands in ``templates/guest.html``, which needs nothing of the website's settings."""

	def set_template_path(self) -> None:
		if self.path in PAGES:
			super().set_template_path()

	def init_context(self) -> None:
		self.context = frappe._dict()

	def post_process_context(self) -> None:
		# What the answer to a form has to say, see guest_pages.py.
		self.context.update(frappe.local.response.get("context") or {})

	def build_response(self, data: str, http_status_code: int | None = None, headers: dict | None = None):
		# Whatever somebody has written runs nothing, and no other site shows the page as its own.
		script = self.context.colocated_js
		allowed = f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" if script else "'none'"
		policy = f"{POLICY}; script-src {allowed}"
		ours = {"Content-Security-Policy": policy, "Cache-Control": CACHED}
		return super().build_response(data, http_status_code, {**(headers or {}), **ours})

	def update_toc(self, html: str) -> str:
		# What somebody wrote may look like the host's mark for a list of contents.
		return html
