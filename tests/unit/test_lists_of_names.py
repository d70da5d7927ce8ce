"""A filter that asks for one of a list of names never has an empty text in it, where the column may be empty.

To the host ``("in", [""])`` means "nothing stands there": asked for the rows of nobody it gives those that name nobody.
"""

import ast
from pathlib import Path

import keep_customers

ROOT = Path(keep_customers.__file__).parent
NEVER_EMPTY = {"name", "parent"}


def has_an_empty_text(node):
	return any(
		isinstance(one, ast.List | ast.Tuple | ast.Set)
		and any(isinstance(value, ast.Constant) and value.value == "" for value in one.elts)
		for one in ast.walk(node)
	)


def asked():
	"""(file, column) of each filter with an empty text among the values."""
	for file in sorted(ROOT.rglob("*.py")):
		for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
			if not isinstance(node, ast.Dict):
				continue
			for key, value in zip(node.keys, node.values, strict=True):
				if (
					isinstance(value, ast.Tuple | ast.List)
					and len(value.elts) == 2
					and isinstance(value.elts[0], ast.Constant)
					and value.elts[0].value in ("in", "not in")
					and has_an_empty_text(value.elts[1])
				):
					column = key.value if isinstance(key, ast.Constant) else "?"
					yield str(file.relative_to(ROOT)), column


def test_nobody_is_asked_for_by_an_empty_text():
	found = {(file, column) for file, column in asked() if column not in NEVER_EMPTY}
	assert not found
