"""The site over real HTTP, and users who are logged in there as a browser is."""

import os
import subprocess
import sys

import frappe
import requests

from .story import PASSWORD

# A process of its own: it has its own connection and caches, as a web server has.
SERVER = """
import os, sys
from werkzeug.serving import WSGIRequestHandler, make_server
import frappe, frappe.app
WSGIRequestHandler.protocol_version = "HTTP/1.1"  # a browser's connection serves many requests
frappe.app._site = sys.argv[1]
server = make_server("127.0.0.1", 0, frappe.app.application, threaded=True)
print(server.port, flush=True)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nobody reads on
server.serve_forever()
"""


_running: dict[str, subprocess.Popen] = {}  # by site


class Server:
	"""KEEP_TEST_URL's server; without one, the framework's own application on a free port, one for a session."""

	def __init__(self):
		self.url = os.environ.get("KEEP_TEST_URL")
		if not self.url:
			process = _running.get(frappe.local.site)
			if not process:
				process = _running[frappe.local.site] = subprocess.Popen(
					[sys.executable, "-c", SERVER, frappe.local.site],
					stdout=subprocess.PIPE,
					stderr=subprocess.DEVNULL,
					text=True,
				)
				process.url = f"http://127.0.0.1:{int(process.stdout.readline())}"
			self.url = process.url

	def stop(self):
		"""It goes on for the tests that follow, until stop_servers: starting one takes seconds."""


def stop_servers():
	while _running:
		_site, process = _running.popitem()
		process.kill()
		process.communicate()


class Browser:
	"""One user's session; Guest where no user is given."""

	def __init__(self, server: Server, user: str | None = None):
		self.base, self.http = server.url, requests.Session()
		self.http.headers.update({"Accept": "application/json", "X-Frappe-Site-Name": frappe.local.site})
		if user:
			answer = self.http.post(
				f"{self.base}/api/method/login", data={"usr": user, "pwd": PASSWORD}, timeout=60
			)
			assert answer.status_code == 200, answer.text
			self._opened_desk(self.http.cookies["sid"])

	def _opened_desk(self, sid):
		"""Once Desk was opened, the session has a token that every write must carry; without the page, which is long."""
		session = frappe.cache.hget("session", sid)
		session["data"]["csrf_token"] = self.http.headers["X-Frappe-CSRF-Token"] = frappe.generate_hash()
		frappe.cache.hset("session", sid, session)

	def resource(self, doctype, name=None, method="GET", **kwargs):
		path = "/".join(requests.utils.quote(part, safe="") for part in (doctype, name) if part)
		return self.http.request(method, f"{self.base}/api/resource/{path}", timeout=60, **kwargs)

	def call(self, method, verb="POST", **arguments):
		arguments = {
			key: value if isinstance(value, str) else frappe.as_json(value, indent=0)
			for key, value in arguments.items()
		}
		kwargs = {"params": arguments} if verb == "GET" else {"data": arguments}
		return self.http.request(verb, f"{self.base}/api/method/{method}", timeout=60, **kwargs)
