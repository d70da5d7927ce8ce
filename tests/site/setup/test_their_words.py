"""The words of ``tests/unit/theirs.txt`` are translated by the host itself, so that no screen of ours shows them in English."""

import pytest
from frappe.translate import get_translations_from_apps

from tests.site.host import GENUINE
from tests.unit.test_translations import LANGUAGES, theirs


@pytest.mark.skipif(not GENUINE, reason="the stand-in brings no translations")
@pytest.mark.parametrize("language", LANGUAGES)
def test_host_translates_what_is_left_to_it(language):
	untranslated = theirs(language) - get_translations_from_apps(language, ["frappe", "erpnext"]).keys()
	assert not untranslated, "these need lines of ours"
