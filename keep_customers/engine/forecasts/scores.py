"""How right a forecast was, in the figures a sales manager and a statistician ask for."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from scipy.special import logit

TOP = (0.20, 0.05)
TENTHS = 10
SURE = 1e-4  # no forecast is surer than this, whatever it says


@dataclass(frozen=True)
class Score:
	"""
	:param top_20: share of the later value that came from the 20 % who were expected to bring the most; nan without any
	:param top_5: likewise of the 5 %
	:param log_loss: of the probability of buying again; smaller is better, ln 2 is a coin
	:param auc: probability that a customer who came back had a greater one than one who did not
	:param spearman: correlation of the ranks of expected and later value
	:param purchases: expected / actual ones; nan where none came
	:param value: likewise
	:param tenths: expected / actual value by tenth of the customers, the most promising first
	"""

	top_20: float
	top_5: float
	log_loss: float
	auc: float
	spearman: float
	purchases: float
	value: float
	tenths: tuple[tuple[float, float], ...] = ()

	def as_dict(self) -> dict:
		return asdict(self)


def score(value, buys, purchases, came_value, came_purchases) -> Score:
	"""
	:param value: expected value of each customer; with buys, the probability of buying again, and purchases, the expected
		number; shape (n,)
	:param came_value: what came, with came_purchases
	"""
	value, buys = np.asarray(value, float), np.asarray(buys, float)
	came_value = np.maximum(np.asarray(came_value, float), 0)
	again = np.asarray(came_purchases) > 0
	order = ranking(value)
	return Score(
		*(share_of_top(order, came_value, top) for top in TOP),
		log_loss(buys, again),
		auc(buys, again),
		spearman(value, came_value),
		_ratio(np.sum(purchases), np.sum(came_purchases)),
		_ratio(np.sum(value), came_value.sum()),
		tuple(
			(float(np.sum(value[part])), float(came_value[part].sum()))
			for part in np.array_split(order, TENTHS)
		),
	)


def ranking(value: np.ndarray) -> np.ndarray:
	"""Indices, the greatest value first; equal ones in an order that depends on nothing but their places."""
	return np.argsort(-np.asarray(value, float), kind="stable")


def share_of_top(order: np.ndarray, came: np.ndarray, top: float) -> float:
	total = came.sum()
	return float(came[order[: max(round(top * len(order)), 1)]].sum() / total) if total > 0 else np.nan


def parts_of_share(order: np.ndarray, came: np.ndarray, top: float) -> np.ndarray:
	"""What each customer adds to the share's error when customers are drawn anew; (n,), in sum 0."""
	total = came.sum()
	if not total > 0:
		return np.zeros(len(came))
	within = np.zeros(len(came))
	within[order[: max(round(top * len(order)), 1)]] = 1
	return (within - within @ came / total) * came / total


def log_losses(buys: np.ndarray, again: np.ndarray) -> np.ndarray:
	"""Of each customer; their mean is the log loss."""
	p = np.clip(buys, SURE, 1 - SURE)
	return -np.where(again, np.log(p), np.log1p(-p))


def log_loss(buys: np.ndarray, again: np.ndarray) -> float:
	return float(log_losses(buys, again).mean()) if len(buys) else np.nan


def log_odds(buys: np.ndarray) -> np.ndarray:
	return logit(np.clip(buys, SURE, 1 - SURE))


def auc(buys: np.ndarray, again: np.ndarray) -> float:
	yes = int(again.sum())
	no = len(again) - yes
	if not yes or not no:
		return np.nan
	return float((mean_ranks(buys)[again].sum() - yes * (yes + 1) / 2) / (yes * no))


def spearman(one: np.ndarray, other: np.ndarray) -> float:
	if len(one) < 2:
		return np.nan
	a, b = mean_ranks(one), mean_ranks(other)
	if a.std() == 0 or b.std() == 0:
		return np.nan
	return float(np.corrcoef(a, b)[0, 1])


def mean_ranks(values: np.ndarray) -> np.ndarray:
	"""Ranks from 1; equal values share the mean of theirs."""
	_distinct, place, count = np.unique(values, return_inverse=True, return_counts=True)
	return (np.cumsum(count) - (count - 1) / 2)[place]


def _ratio(expected: float, actual: float) -> float:
	return float(expected / actual) if actual > 0 else np.nan
