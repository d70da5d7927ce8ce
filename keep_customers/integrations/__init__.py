"""The apps beside ours, one file each: what they know of customers, and what is done with them.

None is needed. Each file asks first whether its app is there and whole (``erp/neighbours.py``), reads its tables and
imports none of its code before it is called for. Nothing imports these files: ``hooks.py`` registers them, as an app
that we do not know registers itself.
"""
