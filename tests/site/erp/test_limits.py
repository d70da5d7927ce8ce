"""How often a guest may come, and where they come from: a forwarded address is believed as far as its proxy is."""

import frappe
import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from keep_customers.erp import limits
from tests.site.host import local
from tests.site.web import Browser

CONFIRM = "keep_customers.complaints.feedback.confirm"
OLD = "keep_customers.erp.feedback.confirm"


OUTSIDE, SEEN, FORGED = "93.184.216.34", "93.184.216.99", "8.8.8.8"


@pytest.mark.parametrize(
	"peer, forwarded, proxies, address",
	[
		# Whoever speaks to us from outside is believed nothing.
		(OUTSIDE, "", None, OUTSIDE),
		(OUTSIDE, FORGED, None, OUTSIDE),
		# A bench's nginx replaces what came, or adds the address it has seen.
		("127.0.0.1", SEEN, None, SEEN),
		("127.0.0.1", f"{FORGED}, {SEEN}", None, SEEN),
		("172.18.0.5", f"{FORGED},10.0.0.9, {SEEN}", None, SEEN),
		("", f"{FORGED}, {SEEN}", None, SEEN),  # a socket of this machine
		# Somebody within the house, behind the same nginx; and without it.
		("127.0.0.1", f"{FORGED}, 10.0.0.9", None, "10.0.0.9"),
		("127.0.0.1", "", None, "127.0.0.1"),
		# Where the configuration says how many proxies there are, so many have seen what they say.
		("127.0.0.1", f"{FORGED}, {SEEN}", 0, "127.0.0.1"),
		(OUTSIDE, f"{FORGED}, {SEEN}", 1, SEEN),
		("10.0.0.2", f"{FORGED}, {SEEN}, 10.0.0.3", 2, SEEN),
		("10.0.0.2", SEEN, 5, SEEN),
		# A household has 2^64 addresses of IPv6, and one budget.
		("2a00:1450:1:2::1", "", None, "2a00:1450:1:2::/64"),
		("2a00:1450:1:2:ffff::9", "", None, "2a00:1450:1:2::/64"),
		("::1", "2a00:1450:1:3::9", None, "2a00:1450:1:3::/64"),
		(f"::ffff:{OUTSIDE}", "", None, OUTSIDE),
		("127.0.0.1", f"{SEEN}:4711", None, SEEN),
		("127.0.0.1", f"{FORGED}, unknown", None, "unknown"),
		("", "", None, "local"),
	],
)
def test_where_a_request_comes_from(peer, forwarded, proxies, address):
	assert limits.address_of(peer, forwarded, proxies) == address


@pytest.mark.parametrize("said", [2, "2"])
def test_what_bench_writes_into_the_configuration_is_a_number(monkeypatch, said):
	monkeypatch.setitem(frappe.local.conf, "keep_customers_proxies", said)
	headers = {"X-Forwarded-For": f"{FORGED}, {SEEN}, 10.0.0.3"}
	request = Request(EnvironBuilder(environ_base={"REMOTE_ADDR": "10.0.0.2"}, headers=headers).get_environ())
	with local(request=request):
		assert limits.network_address() == SEEN


@pytest.fixture
def guest(story, server):
	frappe.cache.delete_keys("rl:")
	yield Browser(server)
	frappe.cache.delete_keys("rl:")


def guesses(guest, number, path=CONFIRM, **headers):
	return [
		guest.http.post(
			f"{guest.base}/api/method/{path}",
			data={"token": f"guess{n}"},
			headers={name.replace("_", "-"): value.format(n=n) for name, value in headers.items()},
			timeout=60,
		).status_code
		for n in range(number)
	]


def test_an_address_written_into_the_header_is_no_fresh_budget(guest):
	assert guesses(guest, 31, X_Forwarded_For="198.51.100.{n}, 203.0.113.7") == [410] * 30 + [429]
	assert guesses(guest, 1, X_Forwarded_For="203.0.113.8") == [410], "somebody else is not held back by it"


def test_the_old_address_of_a_page_is_no_fresh_budget(guest):
	assert guesses(guest, 20) + guesses(guest, 11, OLD) == [410] * 30 + [429]
	refused = guest.call(OLD, token="x")
	assert (
		refused.status_code == 429
		and "try again in an hour" in refused.text
		and "Traceback" not in refused.text
	)


@pytest.fixture
def request_(story):
	request = Request(EnvironBuilder(environ_base={"REMOTE_ADDR": "203.0.113.7"}).get_environ())
	frappe.cache.delete_keys("rl:")
	with local(request=request):
		yield
	frappe.cache.delete_keys("rl:")


def test_a_limit_is_counted_from_its_first_call_and_0_is_none(request_):
	limits.count("test", 2)
	limits.count("test", 2)
	with pytest.raises(frappe.RateLimitExceededError):
		limits.count("test", 2)
	limits.count("test", 0)
	limits.count("something else", 1)
	left = frappe.cache.ttl(frappe.cache.make_key("rl:test:203.0.113.7"))
	assert 0 < left <= limits.HOUR, "a budget that never ends would be none"


def test_behind_the_hosts_own_proxy_setting_the_host_has_looked(request_):
	environ = frappe.local.request.environ
	environ.update({"HTTP_X_FORWARDED_FOR": FORGED, "REMOTE_ADDR": "10.0.0.9"})
	assert limits.network_address() == FORGED
	environ["werkzeug.proxy_fix.orig"] = {}
	assert limits.network_address() == "10.0.0.9"
