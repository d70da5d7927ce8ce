"""Where jobs that were queued before the rooms were made find what they call."""

from keep_customers.care.planning import at_once

__all__ = ["at_once"]
