"""VIP events: whom to ask, who has a place, the door, wishes, results, the year."""
