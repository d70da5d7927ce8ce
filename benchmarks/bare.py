"""What the reports about losses, effects, files and causes would be as bare SQL: the same figures by joins and GROUP BY, and nothing else.

No corrections (credited in full, written anew, merged), no currencies, no permissions, no names, no bounds, no links: only what any
other way of answering would have to read and add up as well. Written as one would write it by hand in MariaDB; several statements
where a report shows several things.
"""

from datetime import date, timedelta

QUARTER = "year({0}), quarter({0})"
SALES = "from `tabSales Invoice` where docstatus = 1"
COHORTS = f"""select customer, {QUARTER.format("posting_date")}, sum(base_net_total), count(*) {SALES}
	group by customer, {QUARTER.format("posting_date")}"""
TWO_YEARS = f"""select customer, min(posting_date) first,
	sum(case when posting_date > %(year_ago)s - interval 1 year and posting_date <= %(year_ago)s then base_net_total else 0 end) a,
	sum(case when posting_date > %(year_ago)s then base_net_total else 0 end) b {SALES} group by customer"""
BRIDGE = f"""select {{by}}, a > 0, b > 0, b > a, first > %(year_ago)s, count(*), sum(a), sum(b) from ({TWO_YEARS}) i {{join}}
	group by {{by}}, a > 0, b > 0, b > a, first > %(year_ago)s"""
# Who takes care of a customer, without who is disabled, away or in a sales team.
REPS = """join (select c.name, coalesce(nullif(f.dedicated_rep, ''), nullif(c.account_manager, ''), t.territory_manager) rep
	from `tabCustomer` c left join `tabCustomer File` f on f.name = c.name left join `tabTerritory` t on t.name = c.territory)
	r on r.name = i.customer"""
# Of the quarters of the last two years, that say how a year goes; who was there before each of them.
AHEAD = f"""select v.{{by}}, sum(v.potential_value), sum(v.value_at_risk), sum(v.buys_quarter), sum(v.buys_year), sum(i.q1), sum(i.q2),
	sum(i.q3), sum(i.q4), sum(case when i.first < %(year_ago)s then i.q1 end), sum(case when i.first < %(year_ago)s then i.q2 end),
	sum(case when i.first < %(year_ago)s then i.q3 end), sum(case when i.first < %(year_ago)s then i.q4 end)
	from `tabCustomer Value` v join (select customer, min(posting_date) first,
	sum(case when posting_date > %(today)s - interval 3 month then base_net_total end) q4,
	sum(case when posting_date between %(today)s - interval 6 month and %(today)s - interval 3 month then base_net_total end) q3,
	sum(case when posting_date between %(today)s - interval 9 month and %(today)s - interval 6 month then base_net_total end) q2,
	sum(case when posting_date between %(today)s - interval 12 month and %(today)s - interval 9 month then base_net_total end) q1
	{SALES} group by customer) i on i.customer = v.name where v.status != 'Not Ranked' group by v.{{by}}"""
DRAWN = "f.arm in ('Cared For', 'Held Back') and f.planned_on + interval {days} day < {until}"
AROUND = """select care_rule, arm, count(*), avg(after), variance(after), avg(before_), avg(after * before_) from (
	select f.name, f.care_rule, f.arm, coalesce(sum(case when i.{day} > f.planned_on then {what} end), 0) after,
	coalesce(sum(case when i.{day} <= f.planned_on then {what} end), 0) before_
	from `tabFollow Up` f left join `tab{doctype}` i on i.customer = f.customer{only}
	and i.{day} between f.planned_on - interval {days} day and f.planned_on + interval {days} day
	where {drawn} group by f.name, f.care_rule, f.arm) each_ group by care_rule, arm"""


def effect(days: int, doctype: str, day: str, what: str, only: str = "", until: str = "%(today)s") -> str:
	drawn = DRAWN.format(days=days, until=until)
	return AROUND.format(days=days, doctype=doctype, day=day, what=what, only=only, drawn=drawn)


def bought(days: int, until: str = "%(today)s") -> str:
	return effect(days, "Sales Invoice", "posting_date", "i.base_net_total", " and i.docstatus = 1", until)


LOSSES = """select {by}, count(*), sum(l.revenue_before), sum(l.profit_before), sum(l.cause > ''), sum(l.status = 'Open'),
	sum(l.status = 'Won Back'), sum(l.revenue_since) from `tabLoss Review` l join `tabCustomer` c on c.name = l.customer
	where l.lost_on > %(year_ago)s group by {by}"""
NOT_USEFUL = """select care_rule, assigned_to, count(*), sum(not_useful > ''), sum(not_useful = 'No Need Now'),
	sum(not_useful = 'Wrong Person'), sum(not_useful = 'Already in Contact'), sum(not_useful = 'Wrong Moment'),
	sum(not_useful = 'Wrong Data'), sum(not_useful = 'Other') from `tabFollow Up` f join `tabCustomer` c on c.name = f.customer
	where assigned_to > '' and coalesce(arm, '') != 'Held Back' and (status = 'Done' or not_useful > '')
	group by care_rule, assigned_to"""
PURCHASES = """select posting_date, count(distinct customer) from `tabSales Invoice`
	where docstatus = 1 and is_return = 0 and is_debit_note = 0 and base_net_total > 0{since} group by posting_date"""
CASES = """select coalesce({by}, ''), {period}, count(*) from `tabComplaint Case` {since}
	group by coalesce({by}, ''), {period}"""
MEASURES = """select m.name, sum(c.opened_on < m.in_force_since), sum(c.opened_on >= m.in_force_since)
	from `tabComplaint Measure` m join `tabComplaint Case` c on c.cause = m.cause
	and c.opened_on between m.in_force_since - interval 365 day and m.in_force_since + interval 365 day group by m.name"""
STAND = """select a.alarm, a.customer, c.customer_name, a.since, v.tier, v.value_at_risk, v.current_value from ({alarms}) a
	join `tabCustomer` c on c.name = a.customer left join `tabCustomer Value` v on v.name = a.customer
	order by v.value_at_risk desc"""
LAST_TOUCH = (
	"(select customer, max(date) last from `tabCustomer Touch` where result = 'Reached' group by customer)"
)
ALARMS = f"""select 'Decision Maker Left' alarm, p.parent customer, coalesce(p.left_on, r.on_date) since
	from `tabCustomer File Person` p left join `tabConsent Record` r on r.address = p.email and r.consent = 'Not Reachable'
	where p.parenttype = 'Customer File' and p.decides = 1 and (p.left_on <= %(today)s or r.name is not null)
	union all select 'Only One Person Known', v.name, min(p.creation) from `tabCustomer Value` v
	left join `tabCustomer File Person` p on p.parent = v.name and p.left_on is null
	where v.tier in ('Platinum', 'Gold') group by v.name having count(p.name) <= 1
	union all select 'Nobody Spoken To', v.name, t.last from `tabCustomer Value` v join `tabCustomer Tier` k on k.name = v.tier
	left join {LAST_TOUCH} t on t.customer = v.name
	where k.contact_every_days > 0 and (t.last is null or t.last < %(today)s - interval k.contact_every_days day)
	union all select 'Rep Left', f.name, u.modified from `tabCustomer File` f join `tabUser` u on u.name = f.dedicated_rep
	where u.enabled = 0"""
FILES = """select {by}, count(*), count(f.name), sum(c.keep_file_score >= 80), sum(f.modified >= %(year_ago)s), sum(c.keep_file_score)
	from `tabCustomer` c left join `tabCustomer Value` v on v.name = c.name left join `tabCustomer File` f on f.name = c.name
	where c.disabled = 0 group by {by}"""
CHECKED = """select {by}, count(*), sum(k.result = 'Right') from `tabFact Check` k join `tabCustomer` c on c.name = k.customer
	left join `tabCustomer Value` v on v.name = c.name left join `tabCustomer File` f on f.name = c.name
	where k.checked_on >= %(year_ago)s group by {by}"""
FILES_ONE_BY_ONE = """select c.name, c.customer_name, v.tier, f.dedicated_rep, c.keep_file_score, f.missing, v.current_value
	from `tabCustomer` c left join `tabCustomer Value` v on v.name = c.name left join `tabCustomer File` f on f.name = c.name
	where c.disabled = 0 order by (100 - c.keep_file_score) * coalesce(v.current_value, 0) desc limit 500"""


def files(by: str) -> tuple[str, ...]:
	return FILES.format(by=by), CHECKED.format(by=by)


MONTHS = (("%(month)s - interval 1 month", "%(month)s"), ("%(month)s - interval 2 month", "%(month)s - interval 1 month"))  # fmt: skip
SPENT = """select sum(amount) from (
	select gift_cost amount from `tabFollow Up` where status = 'Done' and done_on >= {since} and done_on < {until}
	union all select cost from `tabCustomer Touch` where date >= {since} and date < {until}
	union all select compensation_cost from `tabComplaint Case` where closed_on >= {since} and closed_on < {until}) s"""
LETTER = (
	"select status, count(*), sum(value_at_risk) from `tabCustomer Value` group by status",
	MEASURES,
	PURCHASES.format(since=" and posting_date >= %(today)s - interval 1085 day"),
	*(
		query.format(since=since, until=until)
		for since, until in MONTHS
		for query in (
			"""select v.status, count(*), sum(v.current_value), sum(v.value_at_risk) from `tabCustomer Value` v
				join `tabCustomer` c on c.name = v.name where v.status_since >= {since} and v.status_since < {until} group by v.status""",
			"""select count(*), sum(answer_late = 0), sum(solve_late = 0), sum(repeat_of > ''), sum(compensation_cost)
				from `tabComplaint Case` where opened_on >= {since} and opened_on < {until}""",
			SPENT,
		)
	),
	*(bought(90, until) for _since, until in MONTHS),
)
BY_PERIOD = "date_format(opened_on, '%%Y-%%m')", QUARTER.format("opened_on")

# Report -> (filters, statements) of each way to open it that is measured.
BARE = {
	"retention_cohorts": (({}, [COHORTS]), ({"measure": "Revenue", "quarters": "20"}, [COHORTS])),
	"revenue_bridge": (
		({}, [BRIDGE.format(by="1", join="")]),
		({"group_by": "Territory"}, [BRIDGE.format(by="territory", join="join `tabCustomer` c on c.name = i.customer")]),
		({"group_by": "Rep"}, [BRIDGE.format(by="rep", join=REPS)]),
		({"group_by": "Cause"}, [BRIDGE.format(by="cause", join="left join `tabLoss Review` l on l.customer = i.customer")]),
	),
	"next_four_quarters": (({}, [AHEAD.format(by="status")]), ({"group_by": "Tier"}, [AHEAD.format(by="tier")])),
	"losses": (
		({}, [LOSSES.format(by="l.cause")]),
		({"group_by": "Rep"}, [LOSSES.format(by="l.responsible")]),
		({"group_by": "Territory"}, [LOSSES.format(by="c.territory")]),
	),
	"effect_of_care": (
		({}, [bought(90)]),
		({"days": "365"}, [bought(365)]),
		({"outcome": "Complained", "days": "365"}, [effect(365, "Complaint Case", "opened_on", "1")]),
	),
	"orders_compared": (
		(
			{},
			[
				"select as_of, orders from `tabCare Run` where orders is not null and as_of > %(today)s - interval 28 day",
				"""select care_rule, came_first, count(*) from `tabFollow Up` where came_first > ''
					and assigned_on > %(today)s - interval 28 day group by care_rule, came_first""",
			],
		),
	),
	"what_was_not_useful": (({"from_date": "2000-01-01"}, [NOT_USEFUL]),),
	"relationships_at_risk": (({}, [STAND.format(alarms=ALARMS)]),),
	"file_quality": (
		({}, files("f.dedicated_rep")),
		({"group_by": "Tier"}, files("v.tier")),
		({"group_by": "Territory"}, files("c.territory")),
		({"group_by": "Customers"}, (FILES_ONE_BY_ONE, *files("f.dedicated_rep"))),
	),
	"complaints_over_time": (
		(
			{},
			[
				CASES.format(by="cause", period=BY_PERIOD[0], since="where opened_on > %(year_ago)s"),
				PURCHASES.format(since=" and posting_date > %(year_ago)s"),
			],
		),
		(
			{"each": "Quarter", "group_by": "item", "from_date": "2018-01-01", "per_purchases": 1},
			[CASES.format(by="item", period=BY_PERIOD[1], since=""), PURCHASES.format(since="")],
		),
	),
	"did_the_measure_help": (({}, [MEASURES, PURCHASES.format(since=" and posting_date >= %(today)s - interval 1085 day")]),),
	"management_letter": (({}, LETTER),),
}  # fmt: skip


def values(today: date) -> dict:
	"""What the statements are asked with."""
	return {"today": today, "year_ago": today - timedelta(days=365), "month": today.replace(day=1)}
