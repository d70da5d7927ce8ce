"""What the clock brings for people's data: who is still to be forgotten, and words that are too old."""

from keep_customers.jobs import clock
from keep_customers.privacy import ageing, came_back, exported, forgetting


def go_on() -> None:
	"""Begin again what was stopped on the way: a worker that was killed, a database that was gone, or is an older one."""
	for name in forgetting.unfinished():
		forgetting.enqueue(name)
	came_back.look()


@clock.asks  # words that are gone are gone
def run_by_night() -> None:
	"""What was given out of somebody goes after a week; words stay as long as nobody has said for how long they are kept."""
	exported.remove_old()
	ageing.run()
