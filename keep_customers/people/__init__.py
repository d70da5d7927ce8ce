"""Whom we know at a customer: who is its contact, who said so, who speaks for it."""
