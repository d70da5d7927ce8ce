"""Message templates: plain text with Jinja, rendered without access to anything but their variables."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from jinja2 import TemplateError, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

# Every variable a message may use, all of them texts; what is not known is empty.
VARIABLES = (
	"name", "customer_name", "first_name", "last_name", "person", "salutation", "tier", "last_purchase",
	"last_item", "rep_name", "company", "occasion", "years", "amount",
	# To a guest of an event; empty in all other messages.
	"event_theme", "event_day", "event_time", "event_place", "event_reply_until", "event_reply_link",
	"event_feedback_link",
)  # fmt: skip
# Those of an answer to a complaint.
ANSWER_VARIABLES = ("customer_name", "contact_name", "case", "item", "promised_on", "rep")
# Nothing of the framework: a message needs neither its functions nor its database.
JINJA = ImmutableSandboxedEnvironment(autoescape=False, keep_trailing_newline=False)
JINJA.globals.clear()


class BadTemplate(ValueError):
	"""A template that cannot be used.

	:ivar unknown: variables it asks for that do not exist; empty if it is not understood at all
	:ivar detail: Jinja's own words
	"""

	def __init__(self, detail: str, unknown: tuple[str, ...] = ()):
		super().__init__(detail)
		self.detail, self.unknown = detail, unknown


def check(template: str, variables: Sequence[str] = VARIABLES) -> None:
	"""Refuse what would not render.

	:param variables: which it may use
	:raises BadTemplate: on a mistake in the syntax, an unknown variable, or an error with all variables empty
	"""
	try:
		unknown = meta.find_undeclared_variables(JINJA.parse(template or "")) - set(variables)
	except TemplateSyntaxError as error:
		raise BadTemplate(f"{error.message} ({error.lineno})") from error
	if unknown:
		raise BadTemplate(", ".join(sorted(unknown)), tuple(sorted(unknown)))
	render(template, {}, variables)


def render(template: str, values: Mapping[str, object], variables: Sequence[str] = VARIABLES) -> str:
	"""The text for one customer; what is not known leaves no gap, no double space and no stray comma.

	:param values: by the names of ``variables``; missing ones and None are empty
	:raises BadTemplate: if it does not render
	"""
	known = {key: "" if values.get(key) is None else str(values[key]).strip() for key in variables}
	try:
		return tidy(_compiled(template or "").render(known))
	except (TemplateError, ArithmeticError, TypeError, ValueError, AttributeError, LookupError) as error:
		raise BadTemplate(str(error)) from error


@lru_cache(maxsize=256)
def _compiled(template: str):
	return JINJA.from_string(template)


def tidy(text: str) -> str:
	"""Close the gaps that empty variables leave."""
	text = text.replace("\r\n", "\n").replace("\r", "\n")
	# A hard space stays: French puts one before an exclamation mark.
	text = re.sub(r"[ \t]+", " ", text)
	# Chinese has no spaces around its punctuation.
	text = re.sub(r" ?([，。！？；：、]) ?", r"\1", text)
	text = re.sub(r" +([,.!?;]|:(?![-)(D]))", r"\1", text)
	text = re.sub(r"([,，、;；:：])[,，、;；:： ]*(?=[,，、;；:：])", "", text)
	text = re.sub(r"[,，、;；:：]+(?=[.!?。！？])", "", text)
	text = re.sub(r"^[ ,，、;；:：]+|[ ]+$", "", text, flags=re.MULTILINE)
	return re.sub(r"\n{3,}", "\n\n", text).strip()
