"""What things are worth and what is due.

Pure Python, NumPy and SciPy: this package never imports frappe or erpnext. It takes arrays, dates and
plain dataclasses and returns the same, so that everything that can be decided is decided here and can be
tested with generated cases.

Dates are whole days (``datetime.date.toordinal``), 0 meaning "none". Money is in one reporting currency.
"""
