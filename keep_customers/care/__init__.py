"""Whom to contact, when, why, and who does it: rules, follow-ups, ToDos, notices, referrals."""
