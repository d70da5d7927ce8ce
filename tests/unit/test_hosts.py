"""The page about the hosts says what pytest wrote, and hides nothing."""

from tests import hosts

XML = """<testsuites><testsuite>
<testcase classname="tests.site.care.test_a" name="test_one[x]"/>
<testcase classname="tests.site.care.test_a" name="test_two"><skipped message="only there"/></testcase>
<testcase classname="tests.site.jobs.test_b" name="test_three"><failure message="assert 1 == 2&#10;more"/></testcase>
</testsuite></testsuites>"""
AGAIN = """<testsuite timestamp="2026-11-27T09:30:00"><testcase classname="tests.site.jobs.test_b" name="test_three"/></testsuite>"""


def test_what_was_skipped_or_failed_is_named(tmp_path):
	first, again = tmp_path / "a.xml", tmp_path / "b.xml"
	first.write_text(XML)
	again.write_text(AGAIN)
	text = hosts.main([f"ERPNext 15={first}", f"ERPNext 16={first}", f"ERPNext 16={again}"])
	assert "was on 2026-11-27; tests that were written since" in text
	assert "was on" not in hosts.main([f"ERPNext 15={first}"])
	assert "| `site/care` | 1, 1 skipped | 1, 1 skipped |" in text
	assert "| `site/jobs` | 0, 1 failed | 1 |" in text
	assert "| all | 1, 1 skipped, 1 failed | 2, 1 skipped |" in text
	assert "ERPNext 15: 1 × only there" in text
	assert "ERPNext 15: `tests/site/jobs/test_b.py::test_three`: assert 1 == 2\n" in text
	assert "ERPNext 16: `tests" not in text, "it went well the second time"
