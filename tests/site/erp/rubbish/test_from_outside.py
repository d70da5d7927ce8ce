"""Rubbish from outside: pages for guests, good links with odd fields, the portal, e-mails, and a sample over real HTTP."""

import json

import frappe
import pytest
from frappe.email.receive import InboundMail
from frappe.handler import execute_cmd
from frappe.website.serve import get_response_without_exception_handling
from hypothesis import strategies as st

from keep_customers.complaints import feedback
from keep_customers.erp import mailbox, signed
from keep_customers.events import pages
from keep_customers.messaging import unsubscribe, visit_feedback
from tests import raw_mails
from tests.site.erp.matrix import doors, world
from tests.site.erp.rubbish.asking import ask, way_of
from tests.site.erp.rubbish.sent import Found, instead_of, texts, tried
from tests.site.erp.rubbish.test_methods import calls
from tests.site.erp.test_api import METHODS, parameters
from tests.site.story import PREFIX
from tests.site.web import Browser

SAMPLE = 80


@pytest.fixture
def tokens(own):
	"""Links that work, of each kind."""
	case = frappe.get_doc("Complaint Case", own.names["Complaint Case"])
	return [
		feedback.link(case).split("token=")[1].split("&")[0].replace("%2F", "/").replace("%20", " "),
		signed.token(pages.PURPOSE, own.names["VIP Invitation"], 1),
		signed.token(visit_feedback.VISIT[1], own.names["Customer Touch"], 1),
		unsubscribe.token(own.names["Follow Up"]),
	]


def test_pages_show_what_they_can(own, tokens):
	cases = []
	names, asked = doors.pages()
	for user in ("Guest", world.PORTAL):
		for name in (*names, f"complaints/{own.names['Complaint Case']}", "complaints/Nobody's"):
			strategy = st.dictionaries(
				st.sampled_from(asked), st.one_of(st.sampled_from(tokens), texts), max_size=4
			)

			def check(sent, user=user, name=name):
				def run():
					answer = get_response_without_exception_handling(name)
					frappe.local.response["http_status_code"] = answer.status_code
					if "Traceback" in answer.get_data(as_text=True):
						raise Found("shows a traceback")

				ask(user, run, name, sent, "GET", f"/{name}")

			cases.append((f"{user} /{name}", strategy, check))
	tried(cases, 3)


def test_a_good_link_with_odd_fields_is_no_error(own, tokens):
	cases = []
	for path, function in sorted(METHODS.items()):
		if function not in frappe.guest_methods:
			continue
		verb = "POST" if "POST" in frappe.allowed_http_methods_for_whitelisted_func[function] else "GET"
		known = doors.sent_to(parameters(function), path, own)
		for token in tokens if "token" in known else [None]:

			def check(sent, path=path, verb=verb, token=token):
				ask(
					"Guest",
					lambda: execute_cmd(path),
					path,
					{**sent, **({"token": token} if token else {})},
					verb,
					f"/api/method/{path}",
				)

			cases.append((path, instead_of(known), check))
	tried(cases, 6)


HEADERS = (
	"From",
	"To",
	"Subject",
	"Message-ID",
	"In-Reply-To",
	"Date",
	"Content-Type",
	"Auto-Submitted",
	"Authentication-Results",
)


def test_a_mail_of_rubbish_is_no_error_of_ours(own):
	mailbox.install()
	name = f"{PREFIX} Rubbish"
	frappe.get_doc(
		{
			"doctype": "Email Account", "name": name, "email_account_name": name, "email_id": "help@tools.example",
			"enable_incoming": 1, "append_to": "Complaint Case", "awaiting_password": 1,
		}
	).db_insert()  # fmt: skip
	account = frappe.get_doc("Email Account", name)
	plain = [raw_mails.person(), raw_mails.postfix(), raw_mails.exchange(), raw_mails.read_receipt()]
	case = own.names["Complaint Case"]
	# No mail server lets longer ones through, and the host's reader folds one of a megabyte for an hour.
	short = texts.map(lambda text: text[:2_000])
	headers = st.dictionaries(
		st.sampled_from(HEADERS),
		st.one_of(
			short, st.sampled_from([f"Re: (#{case})", f"<{case}@x>", "olga@keep-test.example", "dmarc=fail"])
		),
		max_size=3,
	)
	strategy = st.tuples(st.sampled_from(plain), headers, texts, st.integers(0, 900))

	def check(sent):
		raw, odd, text, cut = sent
		for header, value in odd.items():
			raw = f"{header}: {value}\n{raw}"
		# What follows where it is cut may be a header's own end.
		raw = raw[:cut] + text[:2_000] if cut % 3 == 0 else raw + text

		def run():
			try:
				InboundMail(raw.encode(errors="surrogateescape" if cut % 2 else "replace"), account).process()
			except Exception as error:
				# The host puts it among those it could not read; what only its reader has stumbled over is its own.
				_lines, ours = way_of(error)
				if ours and not ours[-1].filename.endswith("erp/mailbox.py"):
					raise

		ask("Administrator", run, "mail", {})

	tried([("a mail", strategy, check)], 30)
	frappe.db.delete("Email Account", {"name": name})
	frappe.db.commit()


@pytest.mark.parametrize("way", ["/api/method/{}", "/api/v1/method/{}", "/?cmd={}", "/complain?cmd={}"])
@pytest.mark.parametrize(
	"words", ["[" * 5_000, '{"a":' * 5_000, "\udfff"], ids=["lists", "objects", "half a sign"]
)
def test_whichever_way_a_guest_takes_it_is_no_error(own, server, way, words):
	frappe.cache.delete_keys("rl:")
	answer = Browser(server).http.post(
		server.url + way.format("keep_customers.complaints.page.post"),
		json={"description": words, "email": "a@keep-test.example"},
		timeout=60,
		allow_redirects=False,
	)
	assert answer.status_code < 500 and "Traceback" not in answer.text, answer.text[:500]


@pytest.mark.parametrize("who", ["rep", "guest"], indirect=True)
def test_over_http_it_is_the_same_and_nothing_is_stored(own, who, server):
	"""What is refused here is refused there, and no row of ours is another afterwards."""
	refused = []

	def noting(path, check):
		def note(sent):
			if check(sent) >= 400:
				refused.append((path, sent))

		return note

	tried(
		[(path, strategy, noting(path, check)) for path, strategy, check in calls(own, who)], 2, again=False
	)
	frappe.cache.delete_keys("rl:")
	browser = Browser(server, None if who == "Guest" else who)
	before = world.picture()
	for path, sent in refused[:: max(1, len(refused) // SAMPLE)]:
		verbs = frappe.allowed_http_methods_for_whitelisted_func[METHODS[path]]
		answer = browser.http.request(
			"POST" if "POST" in verbs else "GET",
			f"{browser.base}/api/method/{path}",
			data=json.dumps(sent),
			headers={"Content-Type": "application/json"},
			timeout=60,
			allow_redirects=False,
		)
		assert 400 <= answer.status_code < 500, (path, ascii(sent)[:300], answer.text[:500])
		assert who != "Guest" or "Traceback" not in answer.text
	assert not world.changes(before, world.picture())
