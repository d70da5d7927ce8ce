"""What customers buy by item group, read from millions of invoice lines. MariaDB only.

	python benchmarks/baskets.py --site SITE --sites-path PATH [--customers 100000 --invoices 1000000 --lines 5 --rounds 3]

The company of data.py, with lines on its invoices: every customer has eight item groups of its own out of forty, and buys
of some of them each time. In every round the lines are grouped by customer and item group as plainly as can be, then a
night reads everybody, then 1 % of the customers buy and a later night reads those. Counted is the stage Item Groups of a
whole night, which is a process of its own; its peak memory is that of all its stages. Ends with 1 if a bound is broken.
"""

import statistics
import sys
import time
from datetime import timedelta

import night

GROUPS, ITEMS = 40, 400
HABITS = 8  # item groups of a customer
MOST = {"first reading": 4, "later night": 0.2}  # times the bare GROUP BY
MOST_MEMORY = 1024  # MB
LINE = {  # column: SQL over the invoices `i` and the number of the line `k.n`; columns the site does not have are left out
	"name": "concat('BL', substr(i.name, 7), '-', k.n)",
	"creation": "i.creation",
	"modified": "i.modified",
	"owner": "'Administrator'",
	"modified_by": "'Administrator'",
	"docstatus": "1",
	"idx": "k.n",
	"parent": "i.name",
	"parentfield": "'items'",
	"parenttype": "'Sales Invoice'",
	"item_code": "concat('BENCH-ITEM-', {item})",
	"item_name": "concat('Roasted Coffee No. ', {item}, ', 1 kg')",
	"description": "concat('<div><p>Roasted Coffee No. ', {item}, ', whole beans, 1 kg in a bag with a valve</p></div>')",
	"item_group": "concat('BENCH Group ', mod({item}, %(groups)s))",
	"qty": "3",
	"stock_qty": "3",
	"uom": "'Nos'",
	"stock_uom": "'Nos'",
	"conversion_factor": "1",
	**dict.fromkeys(
		(
			"rate", "amount", "base_rate", "base_amount", "net_rate", "net_amount", "base_net_rate", "base_net_amount",
			"price_list_rate", "base_price_list_rate",
		),
		"round(i.base_net_total / %(lines)s, 2)",
	),
	"income_account": "'4110 - Sales - BENCH'",
	"expense_account": "'5111 - Cost of Goods Sold - BENCH'",
	"cost_center": "'Main - BENCH'",
	"warehouse": "'Finished Goods - BENCH'",
	"item_tax_rate": "'{{}}'",
}  # fmt: skip
# One of the customer's habits; each of its invoices begins at another one.
ITEM = (
	"mod(crc32(concat(i.customer, mod(crc32(i.name) + k.n, %(habits)s))), %(groups)s)"
	" + %(groups)s * mod(crc32(i.name), %(variety)s)"
)


def main() -> int:
	parser = night.arguments(__doc__)
	parser.set_defaults(rounds=3)
	parser.add_argument("--lines", type=int, default=5, help="of an invoice")
	options = parser.parse_args()
	with night.on_site(options):
		measured = Baskets(options)
		return report(measured.run(), options)


class Baskets(night.Measurement):
	def __init__(self, options):
		super().__init__(options)
		start = time.perf_counter()
		if not options.keep_data:
			self.db.sql_ddl("truncate `tabSales Invoice Item`")
		if not self.db.exists("Item", "BENCH-ITEM-0"):
			self.goods()
		self.lines()
		self.db.sql("analyze table `tabSales Invoice Item`")
		[[number]] = self.db.sql("select count(*) from `tabSales Invoice Item`")
		print(f"{number:,} lines in {time.perf_counter() - start:.0f} s", flush=True)

	def run(self) -> dict[str, list]:
		day = self.data.LAST_DAY
		self.forget()
		self.night("values", day)
		for _round in range(self.options.rounds):
			day += timedelta(days=1)
			self.timed("bare GROUP BY", self.bare)
			self.db.sql("update `tabCustomer Value` set baskets_of = null")
			self.db.sql_ddl("truncate `tabCustomer Item Group`")
			self.db.commit()
			self.night("first reading", day)
			self.sell(day + timedelta(days=1))
			self.lines()
			day += timedelta(days=1)
			self.timed("bare GROUP BY", self.bare)
			self.night("later night", day)
		return self.results

	def bare(self) -> int:
		"""The least that anybody who wants a figure per customer and item group must do."""
		return len(
			self.db.sql(
				"select i.customer, l.item_group, count(*), sum(l.base_net_amount) from `tabSales Invoice` i"
				" join `tabSales Invoice Item` l on l.parent = i.name"
				" where i.docstatus = 1 group by i.customer, l.item_group"
			)
		)

	def goods(self) -> None:
		"""Items and their groups, below the root of the site's tree."""
		[[root, right]] = self.db.sql(
			"select name, rgt from `tabItem Group` where ifnull(parent_item_group, '') = '' order by lft limit 1"
		)
		self.db.sql("update `tabItem Group` set rgt = %s where name = %s", (right + 2 * GROUPS, root))
		standard = "now(), now(), 'Administrator', 'Administrator', 0"
		for number in range(GROUPS):
			self.db.sql(
				"insert into `tabItem Group` (creation, modified, owner, modified_by, docstatus, name,"
				f" item_group_name, parent_item_group, lft, rgt) values ({standard}, %s, %s, %s, %s, %s)",
				(*[f"BENCH Group {number}"] * 2, root, right + 2 * number, right + 2 * number + 1),
			)
		for number in range(ITEMS):
			self.db.sql(
				"insert into `tabItem` (creation, modified, owner, modified_by, docstatus, name, item_code,"
				f" item_name, item_group, stock_uom) values ({standard}, %s, %s, %s, %s, 'Nos')",
				(*[f"BENCH-ITEM-{number}"] * 3, f"BENCH Group {number % GROUPS}"),
			)
		self.db.commit()

	def lines(self) -> None:
		"""Lines for the invoices that have none."""
		there = set(self.db.get_table_columns("Sales Invoice Item"))
		columns = {
			name: sql.format(item=f"({ITEM})") if "{" in sql else sql
			for name, sql in LINE.items()
			if name in there
		}
		values = {
			"groups": GROUPS, "habits": HABITS, "lines": self.options.lines, "variety": ITEMS // GROUPS,
		}  # fmt: skip
		names = ", ".join(f"`{name}`" for name in columns)
		sources = ", ".join(columns.values())
		[[done]] = self.db.sql("select coalesce(max(parent), '') from `tabSales Invoice Item`")
		[[last]] = self.db.sql("select max(name) from `tabSales Invoice`")
		while done < last:
			part = "select name from `tabSales Invoice` where name > %s order by name limit 20000"
			until = self.db.sql(part, done)[-1][0]
			self.db.sql(
				f"insert into `tabSales Invoice Item` ({names}) select {sources} from `tabSales Invoice` i"
				f" join (select seq as n from seq_1_to_{self.options.lines}) k"
				" where i.name > %(done)s and i.name <= %(until)s",
				{**values, "done": done, "until": until},
			)
			self.db.commit()
			done = until


def report(results: dict[str, list], options) -> int:
	broken, bare = [], results["bare GROUP BY"]
	pairs = {"first reading": bare[::2], "later night": bare[1::2]}
	print(f"\n{f'medians of {options.rounds}':<24}{'seconds':>9}{'x bare':>9}{'MB':>7}{'changed':>10}")
	print(f"{'bare GROUP BY':<24}{statistics.median(one['seconds'] for one in bare):>9.2f}")
	for name, beside in pairs.items():
		rows = results[name]
		seconds = [row["stages"]["Item Groups"] for row in rows]
		times = statistics.median(one / other["seconds"] for one, other in zip(seconds, beside, strict=True))
		memory = max(row["megabytes"] for row in rows)
		changed = statistics.median(row["changed"] for row in rows)
		print(f"{name:<24}{statistics.median(seconds):>9.2f}{times:>9.2f}{memory:>7.0f}{changed:>10,.0f}")
		if times > MOST[name]:
			broken.append(f"{name}: {times:.2f} times the bare GROUP BY, at most {MOST[name]}")
		if memory > MOST_MEMORY:
			broken.append(f"{name}: {memory:.0f} MB, at most {MOST_MEMORY}")
	for line in broken:
		print(f"BROKEN: {line}")
	return 1 if broken else 0


if __name__ == "__main__":
	sys.exit(main())
