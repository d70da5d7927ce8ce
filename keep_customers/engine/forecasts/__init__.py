"""What customers will buy: models of buying, what they say of the time ahead, and how right they were.

``buying`` fits the models, ``ahead`` asks them, ``spending`` says how much money that is, ``past`` cuts a log of purchases
at a past day, ``learner`` learns from such cuts, ``scores`` grades forecasts by what came, ``choice`` picks one.
"""
