"""Uninstalling where the host takes no more jobs: before anything is gone, or not at all."""

import frappe
import pytest

from keep_customers.erp import host
from keep_customers.setup import uninstall


class Queue:
	"""Jobs that wait; a worker does some of them between two looks, as long as there is one."""

	def __init__(self, waiting: int, each_time: int):
		self.waiting, self.each_time, self.looks = waiting, each_time, 0

	@property
	def count(self) -> int:
		self.looks += 1
		self.waiting = max(self.waiting - self.each_time, 0)
		return self.waiting


class Clock:
	now = 0.0

	def monotonic(self) -> float:
		return self.now

	def sleep(self, seconds: float) -> None:
		self.now += seconds


@pytest.fixture
def queue(story, monkeypatch):
	def of(waiting: int, each_time: int = 0, most: int | None = 500) -> Queue:
		queue, clock = Queue(waiting, each_time), Clock()
		monkeypatch.setattr(uninstall, "get_queue", lambda name: queue)
		monkeypatch.setattr(uninstall, "most_queued", lambda: most)
		monkeypatch.setattr(uninstall, "time", clock)
		return queue

	return of


def test_nothing_is_taken_back_where_nobody_works_on_what_waits(queue, monkeypatch):
	queue(400)
	monkeypatch.setattr(uninstall.assignment_rules, "remove_rules", lambda: pytest.fail("has begun"))
	with pytest.raises(frappe.ValidationError, match=r"400 jobs wait .* start a worker"):
		uninstall.before_uninstall()


def test_a_worker_is_waited_for_as_long_as_it_works(queue):
	one = queue(4_000, each_time=5)
	uninstall.wait_for_room_in_the_queue(250)
	assert one.waiting <= 250 and one.looks > 700


@pytest.mark.parametrize("waiting, most", [(0, 100), (200, 500), (4_000, None)])
def test_where_there_is_room_or_no_end_nobody_waits(queue, waiting, most):
	one = queue(waiting, most=most)
	uninstall.wait_for_room_in_the_queue(250)
	assert one.looks <= 1


def test_the_host_s_own_bound_is_known(story, monkeypatch):
	if not host.QUEUE_FULL:
		assert host.most_queued() is None
		return
	monkeypatch.setitem(frappe.conf, "max_queued_jobs", 70)
	assert host.most_queued() == 120
	monkeypatch.setitem(frappe.conf, "max_queued_jobs", None)
	assert host.most_queued() > 100
