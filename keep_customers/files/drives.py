"""Maintenance Drives: what was unknown when one began, what is known now, which facts are checked, and who comes first.

A drive costs nothing but when somebody does something with it: it reads the files when it starts, when it is counted
(by a button, and by the night while it runs), when its sample is drawn and when it is closed. What is real, what is drawn
and what it is worth is decided in ``engine/drives.py``.
"""

from collections import Counter, defaultdict
from collections.abc import Collection

import frappe
from frappe import _
from frappe.utils import add_days, add_months, cint, flt, getdate, now_datetime

from keep_customers.engine import drives as engine
from keep_customers.erp.tables import chunks, insert, new_name, standard_columns
from keep_customers.files import facts
from keep_customers.files.permissions import CHECK, DRIVE
from keep_customers.files.scope import TOP_SHARE, of_participants

SNAPSHOT = "Maintenance Drive File"
DRAFT, RUNNING, CHECKING, CLOSED, CANCELLED = "Draft", "Running", "Checking", "Closed", "Cancelled"
MONTHS = {"Month": 1, "Quarter": 3}
FIGURES = (
	"files", "gaps", "gap", "gained", "gain", "checked", "was_right", "was_wrong", "unsure", "accuracy", "accuracy_low",
	"accuracy_high", "points", "share", "place",
)  # fmt: skip
# What is settled once a drive has begun.
SETTLED = ("period", "from_date", "ranked_by", "top_share", "policy", "sample_before")


# The document


def validate(drive) -> None:
	"""
	:raises frappe.ValidationError: if something is missing, or settled already
	"""
	before = drive.get_doc_before_save()
	if not drive.flags.by_action:
		_keep_as_stored(drive, before)
	if drive.period in MONTHS:  # the host asks for it after us
		drive.to_date = add_days(add_months(drive.from_date, MONTHS[drive.period]), -1)
	users = [row.user for row in drive.participants]
	if len(set(users)) < len(users):
		frappe.throw(_("Each rep takes part once."))
	if len({row.fact for row in drive.facts}) < len(drive.facts):
		frappe.throw(_("Each fact stands once in the list of what counts."))
	if drive.facts and not any(cint(row.weight) > 0 for row in drive.facts):
		frappe.throw(_("At least one fact has to count for something."))
	if not 0 <= flt(drive.top_share) <= 100:
		frappe.throw(_("The best by value are a share between 0 and 100 %."))
	if before and before.status != DRAFT and not drive.flags.by_action and _rules(drive) != _rules(before):
		frappe.throw(_("The drive has begun: whose files, who takes part and what counts are settled."))
	if before and before.status in (CHECKING, CLOSED) and cint(drive.sample_size) != cint(before.sample_size):
		frappe.throw(_("The facts to check have been drawn already."))


def _keep_as_stored(drive, before) -> None:
	"""What the buttons write is written by them only: a form may be older than what they did."""
	for field in drive.meta.fields:
		if field.read_only:
			drive.set(field.fieldname, before.get(field.fieldname) if before else field.default)
	stored = {row.name: row for row in before.participants} if before else {}
	for row in drive.participants:
		was = stored.get(row.name)
		row.update({field: was.get(field) if was else 0 for field in FIGURES})


def _rules(drive) -> tuple:
	return (
		*(str(drive.get(field) or "") for field in SETTLED),
		frozenset(row.tier for row in drive.tiers),
		frozenset(row.user for row in drive.participants),
		frozenset((row.fact, cint(row.weight)) for row in drive.facts),
	)


def on_trash(drive) -> None:
	"""
	:raises frappe.ValidationError: if it says something already
	"""
	if drive.status in (CHECKING, CLOSED):
		frappe.throw(_("What has been checked stays on record. A drive that is over can be left alone."))
	for doctype in (SNAPSHOT, CHECK):
		frappe.db.delete(doctype, {"drive": drive.name})


def weights_of(drive) -> dict[str, float]:
	"""Fact -> what it weighs in a drive; facts that weigh nothing are left out."""
	own = {facts.KEYS[row.fact]: cint(row.weight) for row in drive.facts if row.fact in facts.KEYS}
	return {fact: weight for fact, weight in (own or engine.FACTS).items() if weight > 0}


# It begins


def start(drive) -> None:
	"""Note what is unknown, and let the reps begin.

	:raises frappe.ValidationError: if nobody takes part, or there is nothing to ask
	"""
	if not drive.participants:
		frappe.throw(_("Please say who takes part."))
	users = [row.user for row in drive.participants]
	tiers = [row.tier for row in drive.tiers]
	mine = of_participants(users, tiers, flt(drive.top_share) or TOP_SHARE, drive.policy)
	rows = [(rep, one) for rep, customers in mine.items() for one in customers]
	if not rows:
		frappe.throw(
			_("Nobody who takes part looks after a customer of this choice. Please check tiers and reps."),
			title=_("Not Yet"),
		)
	weights, known = weights_of(drive), facts.Facts([one.customer for _rep, one in rows]).anyhow()
	standard = standard_columns()
	fields = ["name", "drive", "customer", "customer_name", "rep", "unknown", "gap", "gain", *standard]
	snapshot = []
	for rep, one in rows:
		unknown = set(weights) - known.get(one.customer, set())
		snapshot.append(
			[
				new_name(), drive.name, one.customer, one.customer_name, rep, facts.stored(unknown),
				engine.weight(unknown, weights), 0, *standard.values(),
			]
		)  # fmt: skip
	insert(SNAPSHOT, fields, snapshot, ignore_existing=True)
	drive.update({"started_on": now_datetime(), "started_by": frappe.session.user})
	_become(drive, RUNNING)
	count(drive)


# How far it is


def count(drive) -> None:
	"""Bring what is known now up to date in a drive that is under way."""
	rows, weights = _snapshot(drive.name), weights_of(drive)
	known = facts.Facts([row.customer for row in rows]).known()
	settled = drive.status == CHECKING or _was_counted_after_its_end(drive)
	by_gain: dict[tuple[str, float], list[str]] = defaultdict(list)
	for row in rows:
		now = engine.gained(facts.read(row.unknown), known.get(row.customer, ()))
		if settled:
			# What is entered once the facts are drawn can no longer be checked, and after the last day it is too late.
			now &= facts.read(row.gained)
		if facts.stored(now) != (row.gained or ""):
			row.gained, row.gain = facts.stored(now), engine.weight(now, weights)
			by_gain[row.gained, row.gain].append(row.name)
	table = frappe.qb.DocType(SNAPSHOT)
	for (gained, gain), names in by_gain.items():
		for part in chunks(names, 1000):
			query = frappe.qb.update(table).set(table.gained, gained).set(table.gain, gain)
			query.where(table.name.isin(part)).run()
	_add_up(drive, rows, weights)
	drive.measured_on = now_datetime()
	_save(drive)


def _was_counted_after_its_end(drive) -> bool:
	"""Whether what was found in time is on record: the night after the last day knows it. Not of who begins when it is over."""
	last = getdate(drive.to_date)
	begun, counted = drive.started_on, drive.measured_on
	return bool(begun and counted) and getdate(begun) <= last < getdate(counted)


def count_running() -> None:
	"""What the night does; nothing where no drive is on."""
	for name in frappe.get_all(DRIVE, filters={"status": RUNNING}, pluck="name"):
		drive = frappe.get_doc(DRIVE, name, for_update=True)
		if drive.status == RUNNING:
			count(drive)


def _add_up(drive, rows: list, weights: dict[str, float]) -> None:
	"""Write each participant's figures, and who comes first."""
	results, lost = _results(drive, rows, weights)
	scores = {}
	for row in drive.participants:
		mine = [one for one in rows if one.rep == row.user]
		gap, gain = sum(one.gap or 0 for one in mine), sum(one.gain or 0 for one in mine)
		right, wrong = results[row.user, engine.RIGHT], results[row.user, engine.WRONG]
		score = scores[row.user] = engine.score(gap, gain, lost[row.user], right, wrong)
		row.update(
			{
				"files": len(mine),
				"gaps": sum(len(facts.read(one.unknown)) for one in mine),
				"gap": gap,
				"gained": sum(len(facts.read(one.gained)) for one in mine),
				"gain": gain,
				"checked": right + wrong,
				"was_right": right,
				"was_wrong": wrong,
				"unsure": results[row.user, engine.UNSURE],
				"accuracy": 100 * (score.accuracy or 0),
				"accuracy_low": 100 * score.low,
				"accuracy_high": 100 * score.high if right + wrong else 0,
				"points": score.points,
				"share": 100 * score.share,
			}
		)
	places = engine.places({user: engine.ranked_by(one, drive.ranked_by) for user, one in scores.items()})
	for row in drive.participants:
		row.place = places.get(row.user, 0)


def _results(drive, rows: list, weights: dict[str, float]) -> tuple[Counter, Counter]:
	"""(rep, result) -> facts of the drive that were checked; rep -> weight of what was found wrong and still counts."""
	results, lost = Counter(), Counter()
	if drive.status not in (CHECKING, CLOSED):
		return results, lost
	gained = {row.customer: facts.read(row.gained) for row in rows}
	for one in frappe.get_all(
		CHECK,
		filters={"drive": drive.name, "in_drive": 1, "result": ("is", "set")},
		fields=["customer", "rep", "fact", "result"],
	):
		results[one.rep, one.result] += 1
		fact = facts.KEYS.get(one.fact)
		if one.result == engine.WRONG and fact in gained.get(one.customer, ()):
			lost[one.rep] += weights.get(fact, 0)
	return results, lost


def _snapshot(drive: str) -> list:
	return frappe.get_all(
		SNAPSHOT,
		filters={"drive": drive},
		fields=["name", "customer", "customer_name", "rep", "unknown", "gap", "gained", "gain"],
		order_by="name",
	)


# What is checked


def draw(drive) -> None:
	"""Draw the facts that are checked, of each rep, and count for the last time what was entered."""
	count(drive)
	# From here on, so that nobody could know before what will be drawn.
	drive.update({"seed": frappe.generate_hash(length=16), "checking_since": now_datetime()})
	weights, rows = weights_of(drive), _snapshot(drive.name)
	known = facts.Facts([row.customer for row in rows]).known() if cint(drive.sample_before) else {}
	drawn: list[tuple] = []
	for row in drive.participants:
		entered, before = [], []
		for one in rows:
			if one.rep == row.user:
				entered += [engine.Fact(one.customer, fact) for fact in facts.read(one.gained)]
				old = known.get(one.customer, set()) - facts.read(one.unknown)
				before += [engine.Fact(one.customer, fact) for fact in old & set(weights)]
		for from_them, most, in_drive in (
			(entered, cint(drive.sample_size), 1), (before, cint(drive.sample_before), 0),
		):  # fmt: skip
			chosen = engine.drawn(drive.seed, from_them, most, weights)
			drawn += [(*one, row.user, in_drive) for one in chosen]
	_write_checks(drive, drawn, {row.customer: row.customer_name for row in rows})
	_become(drive, CHECKING)
	_save(drive)


def _write_checks(drive, drawn: list[tuple], titles: dict[str, str]) -> None:
	# Who wrote what was known before may have done so at any time.
	writers = {
		in_drive: _writers(
			{one[0] for one in drawn if one[3] == in_drive}, drive.started_on if in_drive else None
		)
		for in_drive in (0, 1)
	}
	standard = standard_columns()
	fields = [
		"name", "drive", "customer", "customer_name", "fact", "rep", "in_drive", "drawn_on", "writers", *standard,
	]  # fmt: skip
	rows = [
		[
			new_name(), drive.name, customer, titles[customer], facts.LABELS[fact], rep, in_drive,
			drive.checking_since, "\n".join(sorted(writers[in_drive][customer])), *standard.values(),
		]
		for customer, fact, rep, in_drive in drawn
	]  # fmt: skip
	insert(CHECK, fields, rows, ignore_existing=True)


def _writers(customers: Collection[str], since) -> dict[str, set[str]]:
	"""Customer -> who has written in its file since a moment, or ever: whoever of them wrote a fact, none of them checks it."""
	found: dict[str, set[str]] = defaultdict(set)
	version, file = frappe.qb.DocType("Version"), frappe.qb.DocType(facts.FILE)
	for part in chunks(sorted(customers), 1000):
		query = frappe.qb.from_(version).select(version.docname, version.owner).distinct()
		query = query.where((version.ref_doctype == facts.FILE) & version.docname.isin(part))
		rows = list((query.where(version.creation >= since) if since else query).run())
		query = frappe.qb.from_(file).where(file.name.isin(part))
		for name, owner, changed_by in query.select(file.name, file.owner, file.modified_by).run():
			rows += [(name, owner), (name, changed_by)]
		for name, user in rows:
			found[name].add(user)
	return found


# It ends


def close(drive) -> None:
	"""Count what was found, and settle who comes first."""
	count(drive)
	drive.closed_on = now_datetime()
	_become(drive, CLOSED)


def cancel(drive) -> None:
	drive.closed_on = now_datetime()
	frappe.db.delete(CHECK, {"drive": drive.name, "result": ("is", "not set")})
	_become(drive, CANCELLED)


def _become(drive, status: str) -> None:
	drive.status = status
	_save(drive)


def _save(drive) -> None:
	drive.flags.by_action = True
	# Who may do it was asked before; the night does it for nobody.
	drive.flags.ignore_permissions = True
	drive.flags.ignore_version = True
	drive.save()


def ends_on(drive) -> bool:
	"""Whether its days are over."""
	return getdate() > getdate(drive.to_date)
