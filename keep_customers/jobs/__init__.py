"""When things happen, and in which order: the night, the clock, the host's own events. It conducts the rooms."""
