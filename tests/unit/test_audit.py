"""A known vulnerability stops the checks; that nobody can be asked does not."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sandbox import audit

OLD = {"id": "PYSEC-2024-1", "summary": "Runs what it reads", "fixed_in": ["2.0"], "withdrawn": None}


@pytest.fixture
def index(monkeypatch):
	"""An index that says what it is told, by package."""
	told = {}

	class Handler(BaseHTTPRequestHandler):
		def do_GET(self):
			said = told.get(self.path.split("/")[2])
			self.send_response(200 if said is not None else 404)
			self.end_headers()
			self.wfile.write(b"" if said is None else json.dumps({"vulnerabilities": said}).encode())

		def log_message(self, *_said):
			pass

	server = HTTPServer(("127.0.0.1", 0), Handler)
	threading.Thread(target=server.serve_forever, daemon=True).start()
	monkeypatch.setattr(audit, "INDEX", f"http://127.0.0.1:{server.server_port}")
	monkeypatch.setattr(audit, "needed", lambda: {"sums": "1.0", "moons": "3.1"})
	yield told
	server.shutdown()
	server.server_close()


def test_what_is_known_stops_the_checks(index, capsys):
	index |= {"sums": [OLD], "moons": []}
	assert audit.main() == 1
	said = capsys.readouterr().out
	assert "sums 1.0: PYSEC-2024-1 Runs what it reads (mended in 2.0)" in said
	assert "2 packages asked about, 1 advisories" in said


def test_what_was_withdrawn_and_who_does_not_answer_stop_nothing(index, capsys):
	index["sums"] = [OLD | {"withdrawn": "2024-05-01T00:00:00Z"}]
	assert audit.main() == 0
	assert "1 packages asked about, 0 advisories; no answer about moons" in capsys.readouterr().out


def test_it_asks_about_what_the_app_needs():
	needed = audit.needed()
	assert {"numpy", "scipy", "borax", "holidays"} <= set(needed)
	assert all(version[0].isdigit() for version in needed.values())
