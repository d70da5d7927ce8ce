"""Which site tests a second kind of database is asked (tests/site/asked.py)."""

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.site import asked

questions = st.sets(st.integers(0, 12), max_size=6)


@given(
	st.dictionaries(st.text(min_size=1, max_size=3), st.tuples(questions, st.integers(1, 50)), max_size=12)
)
def test_together_they_ask_everything_and_none_asks_only_what_those_before_it_ask(tests):
	asks = {name: found for name, (found, _cost) in tests.items()}
	chosen = asked.cover(asks, {name: cost for name, (_found, cost) in tests.items()})
	assert set().union(*(asks[name] for name in chosen)) == set().union(*asks.values())
	assert all(asks[name] for name in chosen)
	assert len(chosen) <= len(set().union(*asks.values()))


def test_the_cheap_one_is_taken_of_two_that_ask_the_same():
	assert asked.cover({"slow": {1, 2}, "quick": {1, 2}}, {"slow": 9, "quick": 2}) == {"quick"}


@pytest.mark.parametrize(
	("one", "other", "same"),
	[
		("select `name` from `tabCustomer`", "SELECT `modified` FROM `tabToDo`", True),
		("select 1 from a where b = 'select sum(c)'", "select 1 from a where b = 'x'", True),
		("select `like` from a", "select `b` from a", True),
		("select sum(b) from a", "select b from a", False),
		("select b from a order by b", "select b from a order by b limit 1", False),
	],
)
def test_a_way_to_ask_is_its_words_and_neither_tables_nor_values(one, other, same):
	assert (asked.way_of(one) == asked.way_of(other)) == same


def test_what_nobody_else_asks_is_asked_and_what_is_not_known_runs(tmp_path):
	tests = [
		SimpleNamespace(nodeid=f"test_{file}.py::{name}")
		for file, name in ("ia", "ib", "pc", "pd", "pe", "pf")
	]
	found = {
		"test_i.py::a": [1, ["x"]],
		"test_i.py::b": [1, ["y", "w"]],
		"test_p.py::c": [1, ["x", "y", "z"]],
		"test_p.py::d": [1, ["z"]],
		"test_p.py::e": [1, []],
	}
	(tmp_path / "gw0.json").write_text(json.dumps(dict(list(found.items())[:2])))
	(tmp_path / "gw1.json").write_text(json.dumps(dict(list(found.items())[2:])))
	gone = asked.left_out(tmp_path, tests)
	assert gone == {"test_i.py::a", "test_p.py::d", "test_p.py::e"}
