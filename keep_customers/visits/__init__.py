"""Visits: a rep plans them, a superior approves, both prepare, and the report turns each into a contact."""
