"""A fit keeps to one core, whatever the machine has, and leaves others theirs."""

from types import SimpleNamespace

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from keep_customers.engine._numeric import minimise
from keep_customers.engine.forecasts import learner


def threads():
	"""Of the products that numpy multiplies; scipy brings a library of its own, which no fit asks."""
	blas = [
		one for one in threadpool_info() if one["user_api"] == "blas" and "scipy.libs" not in one["filepath"]
	]
	return {one["num_threads"] for one in blas}


def test_a_fit_keeps_to_one_thread_and_gives_them_back():
	seen = []

	def bowl(point):
		seen.append(threads())
		return float(point @ point), 2 * point, 2 * np.eye(2)

	with threadpool_limits(2, "blas"):
		found = minimise(bowl, np.array([1.0, 2.0]), ("a", "b"))
		assert seen and all(one == {1} for one in seen)
		assert threads() == {2}
	assert np.allclose(found.log_parameters, 0)


def test_so_does_what_is_learned(monkeypatch):
	seen = []
	monkeypatch.setattr(learner, "unit_of", lambda known: seen.append(threads()) or 1 / 0)
	with threadpool_limits(2, "blas"):
		with pytest.raises(ZeroDivisionError):
			learner.learn([SimpleNamespace(known=None)], 1.0)
		assert threads() == {2}, "also where it fails"
	assert seen == [{1}]
