"""What axe-core finds on a page that keeps somebody from reading or using it."""

import os
from functools import lru_cache
from pathlib import Path

import pytest

# Of what is ours: the host's bars around it are the host's, and so are the colours of its pills.
# It looks at every element of the document, be it shown or not: the host's drawings of all its icons, and pages that were left,
# are nine of ten, and are taken out meanwhile.
RUN = """async ([ours, rules]) => {
	const hidden = [...document.querySelectorAll("svg, .page-container")].filter(
		(one) => !one.getClientRects().length && one.getElementsByTagName("*").length > 500
	);
	const places = hidden.map((one) => [one, document.createComment("")]);
	places.forEach(([one, place]) => one.replaceWith(place));
	const options = { resultTypes: ["violations"], ...(rules && { runOnly: { type: "rule", values: rules } }) };
	const found = await axe
		.run({ include: [ours], exclude: [".indicator-pill"] }, options)
		.finally(() => places.forEach(([one, place]) => place.replaceWith(one)));
	return found.violations
		.filter((one) => ["serious", "critical"].includes(one.impact))
		.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}: ${node.failureSummary}`));
}"""


@lru_cache
def axe() -> str:
	path = os.environ.get("KEEP_TEST_AXE")
	if not path:
		pytest.skip("KEEP_TEST_AXE is the path of axe-core's axe.min.js")
	return Path(path).read_text(encoding="utf-8")


def barriers(page, ours: str, rules: list[str] | None = None) -> list[str]:
	"""Serious and critical findings below a selector.

	:param rules: only these of axe's, as where the same page has but other colours
	"""
	if not page.evaluate("() => Boolean(window.axe)"):
		page.evaluate(axe())
	return page.evaluate(RUN, [ours, rules])
