"""Texts of ours that a user of another language still reads in English; a walk through every screen that finds them.

	python -m tests.browser.english http://site:8000 user password zh [folder for screenshots]

The walk takes the user's language as the page's and leaves the user as it was. It prints each screen that shows a text of the
app in English, and errors and warnings of the browser's console; with a folder it leaves a screenshot of every screen there.
"""

import re
import sys
from collections.abc import Iterator
from functools import lru_cache

from playwright.sync_api import Page, sync_playwright

from tests.unit.test_translations import MESSAGES

# Texts in sight, what is read out or shown in their place, and what is chosen. A name or a text that is edited stays as it is
# stored, and the tooltip of a list's cell is its raw value in the framework.
IN_SIGHT = """() => {
	const found = new Set();
	const visible = (one) => one.getClientRects().length && one.checkVisibility?.() !== false;
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const one = walker.currentNode.parentElement;
		if (!one.closest("script, style, template, code, .tooltip-content, .form-sidebar") && visible(one))
			found.add(walker.currentNode.nodeValue);
	}
	for (const name of ["placeholder", "aria-label", "title", "data-original-title"])
		for (const one of document.querySelectorAll(`[${name}]`))
			if (visible(one) && !one.closest(".list-row, .dt-cell")) found.add(one.getAttribute(name));
	for (const one of document.querySelectorAll("select, [data-fieldtype=Link] input"))
		if (visible(one)) found.add(one.selectedOptions ? one.selectedOptions[0]?.text : one.value);
	return [...found].filter(Boolean).map((text) => text.replace(/\\s+/g, " ").trim());
}"""
OF_SITE = """async () => {
	const list = (doctype, filters, fields = ["name"]) =>
		frappe.db.get_list(doctype, { filters: { module: "Keep Customers", ...filters }, fields, limit: 500 });
	const doctypes = (await list("DocType", { istable: 0 }, ["name", "issingle"])).sort((a, b) => (a.name < b.name ? -1 : 1));
	const routes = (await list("Workspace", {})).map((one) => [frappe.router.slug(one.name)]);
	for (const { name, issingle } of doctypes) {
		if (issingle) {
			routes.push(["Form", name, name]);
			continue;
		}
		routes.push(["List", name, "List"]);
		const [first] = await frappe.db.get_list(name, { limit: 1, order_by: "modified desc" });
		if (first) routes.push(["Form", name, first.name]);
	}
	for (const { name } of await list("Report", {})) routes.push(["query-report", name]);
	for (const { name } of await list("Page", {})) routes.push([name]);
	return routes;
}"""
# What the host itself complains of: no server for realtime messages, preloads it does not use, its own colours, moments.
OF_THE_HOST = re.compile(
	r"socket\.io|preload|favicon|is not a valid color|Failed to load resource|RFC2822", re.I
)
APP = frozenset({"Keep Customers"})  # is a name where Frappe 16 tells the apps apart


@lru_cache
def _ours() -> tuple[frozenset[str], re.Pattern]:
	"""Whole texts, and one pattern of those with places that are filled in."""
	plain, filled = set(), []
	for text in {" ".join(re.sub(r"<[^>]*>", "", text).split()) for text, _context in MESSAGES}:
		parts = re.split(r"{[^}]*}|%s|%\([^)]*\)s", text)
		if len(parts) == 1:
			plain.add(text)
		elif len(re.findall("[A-Za-z]{2,}", " ".join(parts))) > 1:
			filled.append(".+".join(map(re.escape, parts)))
	return frozenset(plain), re.compile("|".join(sorted(filled)))


def left_in_english(texts: list[str], but: frozenset[str] = frozenset()) -> set[str]:
	"""Those of the texts that the app has put there, and nobody has translated.

	:param but: what may be there: the host's words where the host has no translations, names of documents
	"""
	plain, filled = _ours()
	words = {text for text in texts if re.search("[A-Za-z]{3}", text)} - but
	return {text for text in words if text in plain or filled.fullmatch(text)}


def in_english(page: Page, but: frozenset[str] = frozenset()) -> set[str]:
	"""What is left in English on the page as it stands."""
	return left_in_english(page.evaluate(IN_SIGHT), but)


def routes(page: Page) -> list[list[str]]:
	"""The routes of every workspace, list, form, report and page of the app, in a running Desk."""
	return page.evaluate(OF_SITE)


def _walk(
	url: str, user: str, password: str, language: str, shots: str | None
) -> Iterator[tuple[str, list[str]]]:
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
		context = browser.new_context(viewport={"width": 1400, "height": 1600})
		page = context.new_page()
		said: list[str] = []
		page.on("pageerror", lambda error: said.append(str(error)))
		page.on("console", lambda told: told.type in ("error", "warning") and said.append(told.text))
		context.request.post(f"{url}/api/method/login", form={"usr": user, "pwd": password})
		page.goto(f"{url}/app")
		page.wait_for_function("() => window.frappe && frappe.boot && document.querySelector('.page-head')")
		before = page.evaluate("() => frappe.boot.user.language")
		speak = "language => frappe.db.set_value('User', frappe.session.user, 'language', language)"
		page.evaluate(speak, language)
		try:
			page.goto(f"{url}/app")
			page.wait_for_function(
				"() => window.frappe && frappe.boot && document.querySelector('.page-head')"
			)
			for route in routes(page):
				said.clear()
				page.evaluate("route => frappe.set_route(route)", route)
				page.wait_for_timeout(1_000)
				page.wait_for_function("() => !frappe.request?.ajax_count")
				page.wait_for_timeout(700)
				name = "/".join(route)
				if shots:
					page.screenshot(path=f"{shots}/{re.sub('[^A-Za-z0-9]+', '-', name)}-{language}.png")
				yield (
					name,
					[*sorted(in_english(page) - APP), *(one for one in said if not OF_THE_HOST.search(one))],
				)
		finally:
			page.evaluate(speak, before or "")
			browser.close()


def main(url: str, user: str, password: str, language: str, shots: str | None = None) -> int:
	number = 0
	for name, found in _walk(url.rstrip("/"), user, password, language, shots):
		number += len(found)
		if found:
			print(name, *found, sep="\n\t", flush=True)
	print(f"{number} findings")
	return bool(number)


if __name__ == "__main__":
	sys.exit(main(*sys.argv[1:]))
