"""Message templates: plain text with Jinja, rendered without access to anything but their variables.

What a template may hold is listed (:data:`NODES`, :data:`FILTERS`, :data:`TESTS`) and looked at before anything of it is
compiled, for Jinja works out constants while it compiles. Nothing in the list repeats, counts or calls, so that a text
takes no longer than its length.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, wraps

from jinja2 import TemplateSyntaxError, nodes
from jinja2.filters import do_capitalize, do_default, do_title, do_trim, do_truncate, do_urlencode
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS as JINJAS_TESTS

# Every variable a message may use, all of them texts; what is not known is empty.
VARIABLES = (
	"name", "customer_name", "first_name", "last_name", "person", "salutation", "tier", "last_purchase",
	"last_item", "rep_name", "company", "occasion", "years", "amount",
	# To a guest of an event; empty in all other messages.
	"event_theme", "event_day", "event_time", "event_place", "event_reply_until", "event_reply_link",
	"event_feedback_link",
	# About an invoice; likewise.
	"purchase_feedback_link",
	# Where a rep gives a coupon with the contact; likewise.
	"coupon", "coupon_discount", "coupon_until",
)  # fmt: skip
# Those of an answer to a complaint.
ANSWER_VARIABLES = ("customer_name", "contact_name", "case", "item", "promised_on", "rep")
LONGEST_SOURCE, LONGEST_RESULT = 10_000, 20_000  # characters
DEEPEST = 60  # of what is nested; Python itself gives up at a hundred
NODES = (
	nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr, nodes.Compare,
	nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Concat, nodes.Add, nodes.Sub, nodes.Neg, nodes.Pos, nodes.Tuple,
	nodes.List, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.Keyword,
)  # fmt: skip
TESTS = ("defined", "undefined", "none", "string", "in", "eq", "ne", "equalto")
# How people write what is not in the list.
WRITTEN = {
	"For": "{% for %}", "Macro": "{% macro %}", "CallBlock": "{% call %}", "FilterBlock": "{% filter %}",
	"With": "{% with %}", "Block": "{% block %}", "Extends": "{% extends %}", "Include": "{% include %}",
	"Import": "{% import %}", "FromImport": "{% from %}", "Assign": "{% set %}", "AssignBlock": "{% set %}",
	"ScopedEvalContextModifier": "{% autoescape %}", "Mul": "*", "Pow": "**", "Div": "/", "FloorDiv": "//", "Mod": "%",
	"Call": "( )", "Getattr": ".", "Dict": "{ }",
}  # fmt: skip


class BadTemplate(ValueError):
	"""A template that cannot be used.

	:ivar unknown: variables it asks for that do not exist; empty if it is not understood at all
	:ivar detail: what is wrong: Jinja's own words, or what was written that is not possible, and in which line
	:ivar why: ``unknown``, ``not possible``, ``too long``, or empty for what is not understood
	"""

	def __init__(self, detail: str, unknown: tuple[str, ...] = (), why: str = ""):
		super().__init__(detail)
		self.detail, self.unknown, self.why = detail, unknown, why or ("unknown" if unknown else "")


def _short(text: str) -> str:
	if len(text) > LONGEST_RESULT:
		raise BadTemplate(str(LONGEST_RESULT), why="too long")
	return text


def _on_text(function: Callable[..., str]) -> Callable[..., str]:
	"""A filter on a text, which gives no longer one than a message may be."""

	@wraps(function)
	def of_text(value: object, *args: object, **more: object) -> str:
		return _short(function(str(value), *args, **more))

	return of_text


def _replace(text: str, old: object, new: object) -> str:
	old, new = str(old), str(new)
	# Before it is made: one can ask for very long ones.
	if len(text) + text.count(old) * (len(new) - len(old)) > LONGEST_RESULT:
		raise BadTemplate(str(LONGEST_RESULT), why="too long")
	return text.replace(old, new)


def _truncate(
	text: str, length: int = 255, killwords: bool = False, end: str = "...", leeway: int = 0
) -> str:
	return do_truncate(JINJA, text, length, killwords, end, leeway)


def _int(value: object) -> int:
	text = str(value).strip()
	return int(text) if re.fullmatch(r"[+-]?[0-9]{1,15}", text) else 0


FILTERS: dict[str, Callable] = {
	"capitalize": _on_text(do_capitalize),
	"d": do_default,
	"default": do_default,
	"first": _on_text(lambda text: text[:1]),
	"int": _int,
	"last": _on_text(lambda text: text[-1:]),
	"length": len,
	"lower": _on_text(str.lower),
	"replace": _on_text(_replace),
	"title": _on_text(do_title),
	"trim": _on_text(do_trim),
	"truncate": _on_text(_truncate),
	"upper": _on_text(str.upper),
	"urlencode": _on_text(do_urlencode),
}
# Nothing of the framework: a message needs neither its functions nor its database.
JINJA = ImmutableSandboxedEnvironment(autoescape=False, keep_trailing_newline=False)
JINJA.globals.clear()
JINJA.filters = FILTERS
JINJA.tests = {name: JINJAS_TESTS[name] for name in TESTS}


def check(template: str, variables: Sequence[str] = VARIABLES) -> None:
	"""Refuse what would not render.

	:param variables: which it may use
	:raises BadTemplate: on a mistake in the syntax, an unknown variable, anything that is not possible in a message, or an
		error with all variables empty or with all of them known
	"""
	unknown = _names(_parsed(template or "")) - set(variables)
	if unknown:
		raise BadTemplate(", ".join(sorted(unknown)), tuple(sorted(unknown)))
	for known in ("", "1"):
		render(template, dict.fromkeys(variables, known), variables)


def render(template: str, values: Mapping[str, object], variables: Sequence[str] = VARIABLES) -> str:
	"""The text for one customer; what is not known leaves no gap, no double space and no stray comma.

	:param values: by the names of ``variables``; missing ones and None are empty
	:raises BadTemplate: if it does not render, or was never let through by :func:`check`
	"""
	known = {key: "" if values.get(key) is None else str(values[key]).strip() for key in variables}
	compiled = _compiled(template or "")
	try:
		text = tidy(_joined(compiled.generate(known)))
		text.encode()  # half a character is none
		return text
	except BadTemplate:
		raise
	except Exception as error:  # whatever it is, the template is what is wrong
		raise BadTemplate(str(error) or type(error).__name__) from error


def _joined(parts: Iterator[str]) -> str:
	text, length = [], 0
	for part in parts:
		length += len(part)
		if length > LONGEST_RESULT:
			raise BadTemplate(str(LONGEST_RESULT), why="too long")
		text.append(part)
	return "".join(text)


@lru_cache(maxsize=256)
def _compiled(template: str):
	tree = _parsed(template)
	_look_at(tree)
	try:
		return JINJA.from_string(tree)
	except Exception as error:  # Python's compiler has errors of its own
		raise BadTemplate(str(error) or type(error).__name__) from error


def _parsed(template: str) -> nodes.Template:
	if len(template) > LONGEST_SOURCE:
		raise BadTemplate(str(LONGEST_SOURCE), why="too long")
	try:
		return JINJA.parse(template)
	except TemplateSyntaxError as error:
		raise BadTemplate(f"{error.message} ({error.lineno})") from error
	except Exception as error:  # braces a thousand deep, numbers of ten thousand digits
		raise BadTemplate(str(error) or type(error).__name__) from error


def _all(tree: nodes.Node) -> Iterator[tuple[nodes.Node, int]]:
	"""Every node with its depth, without going as deep as it goes."""
	waiting = [(tree, 0)]
	while waiting:
		node, depth = waiting.pop()
		yield node, depth
		waiting += ((child, depth + 1) for child in node.iter_child_nodes())


def _names(tree: nodes.Template) -> set[str]:
	"""The variables it asks for; Jinja's own answer would work out constants on the way."""
	names = [node for node, _depth in _all(tree) if isinstance(node, nodes.Name)]
	own = {node.name for node in names if node.ctx != "load"}
	return {node.name for node in names if node.ctx == "load"} - own


def _look_at(tree: nodes.Template) -> None:
	"""
	:raises BadTemplate: if anything in it is not in the lists above
	"""
	for node, depth in _all(tree):
		kind, written = type(node), ""
		if kind not in NODES:
			written = WRITTEN.get(kind.__name__, kind.__name__)
		elif kind is nodes.Filter and node.name not in FILTERS:
			written = f"|{node.name}"
		elif kind is nodes.Test and node.name not in TESTS:
			written = f"is {node.name}"
		elif kind is nodes.Getitem and not _is_place(node.arg):
			written = "[ ]"
		elif depth > DEEPEST:
			written = "(((…)))"
		if written:
			raise BadTemplate(f"{written} ({node.lineno})", why="not possible")


def _is_place(node: nodes.Node) -> bool:
	"""Whether it counts characters, and asks for no attribute."""
	if isinstance(node, nodes.Slice):
		return all(_is_place(end) for end in (node.start, node.stop, node.step) if end)
	number = node.node if isinstance(node, nodes.Neg) else node
	return isinstance(number, nodes.Const) and type(number.value) is int


def tidy(text: str) -> str:
	"""Close the gaps that empty variables leave."""
	text = "\n".join(text.splitlines())
	# A hard space stays: French puts one before an exclamation mark.
	text = re.sub(r"[ \t]+", " ", text)
	# Chinese has no spaces around its punctuation.
	text = re.sub(r" ?([，。！？；：、]) ?", r"\1", text)
	text = re.sub(r" +([,.!?;]|:(?![-)(D]))", r"\1", text)
	text = re.sub(r"([,，、;；:：])[,，、;；:： ]*(?=[,，、;；:：])", "", text)
	text = re.sub(r"[,，、;；:：]+(?=[.!?。！？])", "", text)
	text = re.sub(r"^(?:[^\S\n]|[,，、;；:：])+|[^\S\n]+$", "", text, flags=re.MULTILINE)
	return re.sub(r"\n{3,}", "\n\n", text).strip()
