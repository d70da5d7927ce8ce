"""Words of the language that are names as well: Will, Mark, Price, 国庆. They are told from what the host says on its screens."""

import re

from frappe.translate import get_all_translations

from keep_customers.erp.language import site_language
from keep_customers.privacy.words import CJK

CHINESE = ("zh", "zh-TW")
# Written small, and no part of an address or a path.
SMALL = re.compile(r"(?<![\w@./\-{])[^\W\d_]{2,}(?![\w@/\-}]|\.\w)")


class Common:
	"""
	:param texts: in whatever languages
	"""

	def __init__(self, texts: list[str]):
		self._text = "\n".join(texts)
		self._words = {one for one in SMALL.findall(self._text) if one == one.lower()}

	def __contains__(self, word: str) -> bool:
		"""Whether it is among them; in Chinese, which has no spaces, whether it stands in any."""
		return word in self._text if CJK.search(word) else word in self._words


def words() -> Common:
	"""Those of English, Chinese and the site's language."""
	texts: set[str] = set()
	for language in dict.fromkeys((*CHINESE, site_language())):
		for source, said in get_all_translations(language).items():
			texts |= {str(source or ""), str(said or "")}
	return Common(sorted(texts))
