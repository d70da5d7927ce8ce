"""Setting up, step by step: each file is a step, and says what there is and what would come of a choice.

A step is ``look(values) -> dict``, which writes nothing, and ``save(values)``, which may be called again and again. What is
chosen and not yet saved comes as ``values``; what is left out is as it stands.
"""
