from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.completeness import WEIGHTS, completeness

PERSONAL = {
	"decision_maker", "birthday", "family", "work", "character", "leisure", "values", "buying_habits", "taste",
	"service_preference", "promotion_attitude",
}  # fmt: skip


def test_nothing_and_everything():
	assert completeness({})[0] == 0
	assert completeness(dict.fromkeys(WEIGHTS, True)) == (100, [])


def test_the_personal_part_carries_most():
	assert completeness(dict.fromkeys(PERSONAL, True))[0] > 50


@given(st.sets(st.sampled_from(sorted(WEIGHTS))), st.sampled_from(sorted(WEIGHTS)))
def test_knowing_more_never_scores_less(known, more):
	before, missing = completeness(dict.fromkeys(known, True))
	after, _ = completeness(dict.fromkeys(known | {more}, True))
	assert after >= before and set(missing) == set(WEIGHTS) - known
