"""Documents in which an empty field means everybody."""


class MeansEverybody:
	"""The host would fill in the user's default company, and the site's default customer group and territory, when it inserts
	one; it would then be for them only, and nobody would notice."""

	left_empty = ("company", "customer_group", "territory")

	def update_if_missing(self, d):
		super().update_if_missing({key: value for key, value in d.items() if key not in self.left_empty})
