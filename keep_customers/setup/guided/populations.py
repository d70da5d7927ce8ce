"""Which customers are ranked among themselves: a Tier Policy of its own for each of some customer groups."""

from collections import Counter

import frappe
from frappe import _
from frappe.model.naming import append_number_if_name_exists
from frappe.utils import cint, escape_html, flt, getdate

from keep_customers.erp.permissions import reads_all_customers
from keep_customers.erp.trees import branch
from keep_customers.setup.guided import choices, proposals
from keep_customers.worth import population
from keep_customers.worth.rehearsal import measured

POLICY = "Tier Policy"
FIELDS = [*population.POLICY_FIELDS, "priority", "review_losses", "losses_from"]
# What policies have in common that are cut alike.
ALIKE = (
	"company", "top_share", "high_share", "low_share", "window_months", "value_basis", "review", "keep_band",
	"review_losses", "losses_from", "top_tier", "high_tier", "broad_tier", "low_tier",
)  # fmt: skip


def look(values: dict) -> dict:
	"""Each population that the choice would make, and the groups that look like one; nothing is written.

	:param values: ``ranked_groups``, the customer groups that are ranked among themselves
	"""
	standing = policies()
	chosen, broad = _chosen(values, standing), broadest(standing)
	planned = _planned(chosen, standing)
	found = measured(frappe.get_doc(choices.SETTINGS), planned, getdate())
	own = Counter(member.group for one in found.populations for member in one.members)
	suggested = [group for group in proposals.populations(own) if group not in chosen]
	money = reads_all_customers()
	return {
		"ranked_groups": chosen,
		"currency": found.currency,
		"value_basis": broad.value_basis if broad else "Net Sales",
		"populations": [
			{
				"group": one.policy.customer_group if _is_plain(one.policy) else None,
				"policy": one.policy.name,
				"rest": bool(broad) and one.policy.name == broad.name and not _is_plain(one.policy),
				"customers": len(one.members),
				"value": float(one.current.sum()) if money else None,
			}
			for one in found.populations
		],
		"suggested": [_within(group, found.populations, money) for group in suggested],
		"switched_off": [one.name for one in standing if one.name not in {plan.name for plan in planned}],
		"warnings": [*found.warnings, *_odd(found.populations, chosen, planned)],
	}


def save(values: dict) -> None:
	"""A policy for each group that is chosen, with the cuts of everybody else's; the policy of one that is chosen no longer
	is switched off, and comes back as it was.

	:raises frappe.ValidationError: if something is chosen that is no customer group
	"""
	standing = policies()
	planned = _planned(_chosen(values, standing), standing)
	for one in standing:
		if one.name not in {plan.name for plan in planned}:
			_write(one.name, enabled=0)
	for one in _in_order(planned):
		if one.is_new:
			_add(one, broadest(standing))
		elif one.moved:
			_write(one.name, priority=one.priority)


def policies() -> list:
	"""The enabled policies in the order in which they claim customers, with all that this page asks of them."""
	return frappe.get_all(POLICY, {"enabled": 1}, FIELDS, order_by="priority asc, name asc")


def broadest(standing: list):
	"""The policy for everybody who is in no other; the first one, if each asks for something; None if there is none."""
	return next((one for one in standing if not (one.customer_group or one.territory)), None) or next(
		iter(standing), None
	)


def cut_alike(standing: list, broad) -> list:
	"""The policies of groups that are cut as everybody else's, which therefore stay so."""
	return [
		one
		for one in standing
		if one.name != broad.name and _is_plain(one) and all(one[field] == broad[field] for field in ALIKE)
	]


def _is_plain(policy) -> bool:
	"""Whether it is for a customer group, and for all of it."""
	return bool(policy.customer_group) and not policy.territory


def _chosen(values: dict, standing: list) -> list[str]:
	if values.get("ranked_groups") is None:
		return list(dict.fromkeys(one.customer_group for one in standing if _is_plain(one)))
	return choices.names(values["ranked_groups"])


def _planned(chosen: list[str], standing: list) -> list:
	"""The policies as they would be, in the order in which they would claim customers."""
	kept = [one for one in standing if not _is_plain(one) or one.customer_group in chosen]
	known = {one.customer_group for one in kept if _is_plain(one)}
	for group in chosen:
		if group not in known:
			if not frappe.db.exists("Customer Group", group):
				frappe.throw(_("There is no customer group {0}.").format(escape_html(group)))
			_put(kept, group, broadest(standing))
	return kept


def _put(order: list, group: str, broad) -> None:
	"""Put a policy for a group where it gets all of its customers, but for those of a group below it that has its own."""
	new = frappe._dict(broad or _usual(), name=group, customer_group=group, territory=None, is_new=True)
	below = branch("Customer Group", group)
	place = 0
	while place < len(order) and order[place].customer_group in below:
		place += 1
	order.insert(place, new)


def _usual():
	"""What a policy is without another to go by."""
	doc = frappe.new_doc(POLICY)
	doc.before_validate()
	return {field: doc.get(field) for field in FIELDS}


def _in_order(planned: list) -> list:
	"""The same with their priorities: who stands keeps its own, if those before it leave it one."""
	least = 0
	for place, one in enumerate(planned):
		rest = planned[place + 1 :]
		if one.is_new:
			news = 1 + next((ahead for ahead, other in enumerate(rest) if not other.is_new), len(rest))
			behind = rest[news - 1].priority if len(rest) >= news else 0
			one.priority = max(least, cint(behind) - news)
		else:
			one.moved = cint(one.priority) < least
			one.priority = max(least, cint(one.priority))
		# Of two that are equal the one whose name comes first would be asked first.
		least = one.priority + int(bool(one.is_new or one.moved or (rest and rest[0].is_new)))
	return planned


def _add(one, broad) -> None:
	"""
	:param broad: whose cuts it gets; None for the usual ones
	"""
	mine = {"customer_group": one.customer_group, "territory": ("is", "not set"), "enabled": 0}
	if before := frappe.db.get_value(POLICY, mine):
		_write(before, enabled=1, priority=one.priority)
		return
	doc = frappe.copy_doc(frappe.get_doc(POLICY, broad.name)) if broad else frappe.new_doc(POLICY)
	name = append_number_if_name_exists(POLICY, one.customer_group)
	doc.update({"policy_name": name, "customer_group": one.customer_group, "territory": None, "enabled": 1})
	doc.priority = one.priority
	doc.insert()


def _write(policy: str, **values) -> None:
	doc = frappe.get_doc(POLICY, policy)
	doc.update(values)
	doc.save()


def _within(group: str, populations: list, money: bool) -> dict:
	"""What is in a group and below it, of who is ranked."""
	below, customers, value = branch("Customer Group", group), 0, 0.0
	for one in populations:
		for member, current in zip(one.members, one.current.tolist(), strict=True):
			if member.group in below:
				customers, value = customers + 1, value + current
	return {"group": group, "customers": customers, "value": value if money else None}


def _best(policy, customers: int) -> int:
	return int(customers * flt(policy.top_share) / 100 + 0.5)


def _odd(populations: list, chosen: list[str], planned: list) -> list[str]:
	said, sizes = [], {one.policy.name: len(one.members) for one in populations}
	for one in planned:
		if _is_plain(one) and one.customer_group in chosen and _best(one, sizes.get(one.name, 0)) == 0:
			said.append(
				_(
					"{0}: of so few customers nobody would be in the best tier. Rather rank them with the others."
				).format(one.customer_group)
			)
	if chosen and not any(not one.customer_group and not one.territory for one in planned):
		said.append(
			_("Who is in none of these groups gets no tier: there is no Tier Policy for everybody else.")
		)
	return said
