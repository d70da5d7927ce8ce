"""What is logged says where something went wrong, and nothing of whom or with which key.

Without a text the host's ``log_error`` writes down the variables of every function on the way: what a message says, the
token of its link, a person's row. The way alone has none of it.
"""

import ast
from pathlib import Path

import keep_customers

FILES = sorted(Path(keep_customers.__file__).parent.rglob("*.py"))
SECRET = {"token", "password", "secret", "get_password", "get_encryption_key", "api_key", "form_dict"}


def calls(name):
	"""(file and line, call) of each call of a function or method of that name."""
	for file in FILES:
		source = file.read_text(encoding="utf-8")
		if name not in source:
			continue
		for node in ast.walk(ast.parse(source)):
			if isinstance(node, ast.Call) and name in (
				getattr(node.func, "attr", ""),
				getattr(node.func, "id", ""),
			):
				yield f"{file.name}:{node.lineno}", node


def test_every_entry_of_the_error_log_has_a_text_of_its_own():
	found = list(calls("log_error"))
	assert len(found) > 5
	bare = [
		where
		for where, call in found
		if len(call.args) < 2 and "message" not in {one.arg for one in call.keywords}
	]
	assert not bare, bare


def test_no_text_that_is_logged_has_the_variables_or_a_secret_in_it():
	for where, call in calls("get_traceback"):
		assert not call.args and not call.keywords, f"{where} logs variables"
	for name in ("log_error", "logger", "print"):
		for where, call in calls(name):
			words = {one.attr for one in ast.walk(call) if isinstance(one, ast.Attribute)}
			words |= {one.id for one in ast.walk(call) if isinstance(one, ast.Name)}
			assert not words & SECRET, f"{where} logs {words & SECRET}"
