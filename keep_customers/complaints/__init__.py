"""Complaint cases: their steps, their clock, who hears of them; the pages and documents around them."""
