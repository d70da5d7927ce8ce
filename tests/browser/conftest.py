"""The few paths that matter, in a real browser against a site that is served with Desk's assets.

KEEP_TEST_URL is the address of the site (besides what the site tests need), KEEP_TEST_BROWSER the browser's
program, by default Debian's chromium. Screenshots go to KEEP_TEST_SHOTS if it is set.
"""

import os
import time
from contextlib import contextmanager
from functools import partial

import frappe
import pytest
from playwright.sync_api import TimeoutError as Slow
from playwright.sync_api import sync_playwright
from rq import Queue

from tests.site.conftest import pytest_sessionfinish, pytest_sessionstart  # noqa: F401
from tests.site.conftest import story as told  # noqa: F401
from tests.site.putback import queued_jobs, wait_for_jobs
from tests.site.story import PASSWORD
from tests.site.web import Server

CHROMIUM = os.environ.get("KEEP_TEST_BROWSER", "/usr/bin/chromium")
ARGUMENTS = [
	"--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync",
]  # fmt: skip


NIGHTS, SECONDS = 10, 2
PATIENCE = 90  # seconds
# The host names variables of its templates with three random letters. Once in some ten thousand that is a word like "new".
UNLUCKY = "frappe.template.compile(...) is not a function"


class Jobs:
	"""What the tests themselves want done in the background waits until a window is open, and is done before anything is clicked
	there: SQLite has one writer, and refuses at once who has read before it and would write now."""

	def __init__(self, put):
		self.put, self.waiting, self.windows = put, [], 0

	def add(self, *job, **values):
		if self.windows:
			return self.put(*job, **values)
		self.waiting.append((job, values))

	def done(self):
		"""All of them."""
		while self.waiting:
			job, values = self.waiting.pop(0)
			self.put(*job, **values)
		wait_for_jobs()


@pytest.fixture
def jobs(monkeypatch):
	queued = Jobs(Queue.enqueue_call)
	monkeypatch.setattr(Queue, "enqueue_call", lambda *job, **values: queued.add(*job, **values))
	return queued


@pytest.fixture
def story(told, jobs, monkeypatch):  # noqa: F811
	"""As the site tests', beside a server at work: a night that cannot begin for it begins a little later."""
	at_once = told.night
	wait_for_jobs()

	def night(as_of=None):
		for left in reversed(range(NIGHTS)):
			try:
				return at_once(as_of)
			except frappe.QueryDeadlockError:
				frappe.db.rollback()
				if not left or frappe.db.db_type != "sqlite":
					raise
				time.sleep(SECONDS)

	monkeypatch.setattr(told, "night", night)
	return told


class Desk:
	"""One user in Desk."""

	def __init__(self, page, url):
		self.page, self.url = page, url
		self.problems, self.unlucky = [], False
		page.set_default_timeout(PATIENCE * 1000)  # a loaded machine is slow, not broken
		# By the clock: by frames, as is the default, nothing is asked any more where a loaded machine draws none.
		page.wait_for_function = partial(page.wait_for_function, polling=100)
		self.heard = []  # what tell() says beside the problems
		page.on("pageerror", self._note_error)
		page.on("response", lambda answer: self._note(answer))
		page.on("requestfailed", lambda request: self.heard.append(f"{request.url}: {request.failure}"))
		page.on("console", lambda said: said.type == "error" and self.heard.append(said.text))

	def _note_error(self, error):
		# The host's charts draw themselves once more when what they stand in is taken away, and stumble; its first page
		# does where somebody leaves it before it is read.
		stack = error.stack or ""
		if UNLUCKY in str(error):
			self.unlucky = True
			return
		left = "show_page" in stack and "reading 'name'" in str(error)
		if not ("boundDrawFn" in stack or left):
			self.problems.append(str(error))

	def _note(self, answer):
		if answer.status >= 400 and "/api/" in answer.url:
			self.problems.append(f"{answer.status} {answer.url}")

	def login(self, user, password=PASSWORD):
		"""Without the host's page, and to a list with nothing in it: both are long to load and nothing of ours."""
		answer = self.page.request.post(
			f"{self.url}/api/method/login", form={"usr": user, "pwd": password}, timeout=PATIENCE * 1000
		)
		assert answer.ok, answer.text()
		page = self.page.goto(f"{self.url}/app/note")
		if not page.ok:
			# SQLite has one writer, and refuses at once who has read before it and would write now.
			print(page.status, page.text()[-3000:])
			page = self.page.reload()
		assert page.ok, page.text()[-3000:]
		until = time.monotonic() + PATIENCE
		while True:
			try:
				self.page.wait_for_function(
					"() => window.frappe && frappe.boot && document.querySelector('.page-head')",
					timeout=5_000,
				)
				break
			except Slow:
				if time.monotonic() > until:
					raise
				if self.unlucky:
					self.unlucky = False
					self.page.reload()
		self.settled()  # who leaves the host's list before it is drawn makes it stumble
		return self

	def open(self, *route):
		"""Go to a Desk route inside the running Desk, as a click on a link does."""
		self.page.evaluate("route => frappe.set_route(route)", list(route))
		self.page.wait_for_function(
			"route => frappe.get_route()[0] === route[0] && frappe.get_route()[1] === route[1]",
			arg=list(route),
		)
		self.settled()
		return self

	def settled(self):
		self.page.wait_for_function("() => !(frappe.request && frappe.request.ajax_count)")
		self.page.wait_for_timeout(300)

	def press(self, name, group="Actions"):
		"""One of the form's buttons, wherever it is: in sight or in a group."""
		button = self.page.get_by_role("button", name=name, exact=True).locator("visible=true")
		grouped = self.page.locator(".inner-group-button .dropdown-item").get_by_text(name, exact=True)
		button.or_(grouped).first.wait_for(state="attached")  # the form may still be drawn anew
		if not button.count():
			self.page.locator(f".inner-group-button button:has-text('{group}') >> visible=true").first.click()
			button = grouped
		button.first.click()
		self.settled()

	def tab(self, label):
		self.page.locator(".form-tabs .nav-link").get_by_text(label, exact=True).click()
		return self

	def out_of_reach(self):
		"""The buttons of the form's head that are clipped, or lie under something else."""
		return self.page.evaluate(
			"""() => [...document.querySelectorAll(".page-head button")].filter(one => {
				const box = one.getBoundingClientRect();
				if (!one.offsetParent || !box.width) return false;
				const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
				return box.left < 0 || box.right > innerWidth || !(top && (one.contains(top) || top.contains(one)));
			}).map(one => one.outerHTML)"""
		)

	def all_is_within_reach(self, name):
		"""What a form looks like on each width, named ``name``-width, and that all its buttons can be pressed there."""
		for width in (1440, 1280, 390):
			self.page.set_viewport_size({"width": width, "height": 900})
			self.page.wait_for_timeout(300)
			self.shot(f"{name}-{width}")
			# On a phone the host's own menu lies above all of it when the window shrinks.
			assert width == 390 or not self.out_of_reach()

	def tell(self):
		"""What stands on the screen, for who only has the log of a test that failed."""
		print(self.page.url, *self.problems, *self.heard, sep="\n")
		for part in (".modal.show", ".layout-main:visible, .page-container:visible"):
			for text in self.page.locator(part).all_inner_texts():
				print(f"--- {part}", *filter(str.strip, text.splitlines()), sep="\n")
		queue, jobs = queued_jobs()
		for job in jobs:
			print(*queue.hmget(job, "status", "enqueued_at", "started_at", "description"))

	def see(self, text):
		self.page.locator(f"text={text} >> visible=true").first.wait_for()
		return self

	def not_see(self, text):
		"""Until it has gone."""
		self.page.wait_for_function("text => !document.body.innerText.includes(text)", arg=text)
		return self

	def shot(self, name):
		if folder := os.environ.get("KEEP_TEST_SHOTS"):
			self.page.screenshot(path=f"{folder}/{name}.png")


@pytest.fixture(scope="session")
def server():
	running = Server()
	yield running
	running.stop()


class Windows:
	"""Windows that know the scripts they have read and nothing else: a new one reads and translates all of Desk's again, which
	is half of what it costs to open it."""

	# With less motion, dialogs are there at once.
	LOOK = dict(
		viewport={"width": 1440, "height": 900},
		locale="en-GB",
		reduced_motion="reduce",
		permissions=["clipboard-write"],  # without windows nobody is asked for it
	)

	def __init__(self, playwright, url, folder):
		self.playwright, self.url, self.folder = playwright, url, folder
		self.all, self.free = [], []

	@contextmanager
	def page(self):
		"""A page of a window in which nobody is logged in; several users have one each."""
		context = self.free.pop() if self.free else self._open()
		page = context.new_page()
		yield page
		page.close()
		self._forget(context)
		# One in which something went wrong is not used again.
		self.free.append(context)

	def _open(self):
		context = self.playwright.chromium.launch_persistent_context(
			self.folder / str(len(self.all)), executable_path=CHROMIUM, args=ARGUMENTS, **self.LOOK
		)
		self.all.append(context)
		return context

	def _forget(self, context):
		context.clear_cookies()
		kept = "local_storage,indexeddb,service_workers,cache_storage"
		# Its first page is nobody's, and keeps it open.
		teller = context.new_cdp_session(context.pages[0])
		teller.send("Storage.clearDataForOrigin", {"origin": self.url, "storageTypes": kept})
		teller.detach()

	def close(self):
		for context in self.all:
			context.close()


@pytest.fixture(scope="session")
def playwright():
	with sync_playwright() as running:
		yield running


@pytest.fixture(scope="session")
def chromium(playwright):
	browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
	yield browser
	browser.close()


@pytest.fixture(scope="session")
def windows(playwright, server, tmp_path_factory):
	opened = Windows(playwright, server.url, tmp_path_factory.mktemp("windows"))
	yield opened
	opened.close()


@pytest.fixture
def desk(server, windows, jobs):
	"""A function: user -> Desk of a fresh session."""

	@contextmanager
	def open_desk(user):
		jobs.done()  # a login beside one that writes would be answered with an error
		jobs.windows += 1
		with windows.page() as page:
			opened = Desk(page, server.url)
			try:
				yield opened.login(user)
			except Exception:
				opened.tell()
				raise
			finally:
				jobs.windows -= 1
		assert not opened.problems

	return open_desk
