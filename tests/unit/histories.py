"""Generated parameters and histories of customers for the two models."""

import math

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from keep_customers.engine.potential import BGNBD, GammaGamma

cases = settings(deadline=None, max_examples=settings().max_examples * 3 // 2)
fits = settings(deadline=None, max_examples=15)


def logarithmic(low, high):
	return st.floats(math.log(low), math.log(high)).map(math.exp)


def bgnbd_parameters(most=30.0):
	return st.builds(
		BGNBD,
		r=logarithmic(0.03, most),
		alpha=logarithmic(0.1, 300),
		a=logarithmic(0.03, most) | st.just(1.0),
		b=logarithmic(0.03, most),
	)


@st.composite
def histories(draw, longest=1e5):
	"""One customer's (frequency, recency, age)."""
	frequency = draw(st.integers(0, 5000) | st.integers(0, 5))
	age = draw(logarithmic(1e-2, longest))
	recency = age * draw(st.floats(0.01, 1)) if frequency else 0.0
	return frequency, recency, age


horizons = logarithmic(1e-3, 1e5) | st.just(0.0)
money = logarithmic(1e-2, 1e9)
gamma_gamma_parameters = st.builds(
	GammaGamma, p=logarithmic(0.05, 100), q=logarithmic(1.01, 100), gamma=logarithmic(1e-2, 1e6)
)


def simulate(params, customers, seed, longest=100):
	"""Histories as the model has them, with times rounded up to whole days (so that some are equal)."""
	random = np.random.default_rng(seed)
	age = random.integers(1, longest + 1, customers).astype(float)
	rate = random.gamma(params.r, 1 / params.alpha, customers)
	leaving = random.beta(params.a, params.b, customers)
	frequency, recency = np.zeros(customers), np.zeros(customers)
	moment = np.zeros(customers)
	alive = np.arange(customers)
	while len(alive):
		moment[alive] += random.exponential(size=len(alive)) / np.maximum(rate[alive], 1e-300)
		alive = alive[moment[alive] <= age[alive]]
		frequency[alive] += 1
		recency[alive] = np.ceil(moment[alive])
		alive = alive[random.random(len(alive)) >= leaving[alive]]
	return frequency, recency, age


def simulate_spend(params, customers, seed):
	random = np.random.default_rng(seed)
	frequency = random.integers(0, 8, customers).astype(float)
	rate = random.gamma(params.q, 1 / params.gamma, customers)
	used = np.maximum(frequency, 1)
	return frequency, np.where(frequency > 0, random.gamma(params.p * used) / rate / used, 0)


TYPICAL = BGNBD(r=0.8, alpha=12, a=0.9, b=3)
TYPICAL_SPEND = GammaGamma(p=4, q=3.5, gamma=60)


def parameters_of(model):
	names = ("r", "alpha", "a", "b") if isinstance(model, BGNBD) else ("p", "q", "gamma")
	return np.array([getattr(model, name) for name in names])
