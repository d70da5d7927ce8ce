"""What care changes: who was held back against who was cared for, by intention, never without an interval.

``outcomes`` counts what came within some days of a customer's first assignment, ``arms`` compares the two arms of each rule,
``intervals`` says between which bounds an effect lies and how many more customers it takes to know, ``pooled`` has bounds of
rules with few customers that learn from the others, ``believed`` the best guess of them, which ``learning`` makes an order
of. docs/model.md has the sources.
"""
