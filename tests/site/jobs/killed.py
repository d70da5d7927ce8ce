"""What a process of its own does that is killed: a night that dies where it is told to, and one who adds follow-ups."""

import os
import signal
import time
import traceback
from contextlib import contextmanager

import frappe

from keep_customers.care import followups, planning, todos
from keep_customers.jobs import nightly
from keep_customers.worth import values


@contextmanager
def on_site(says, plan):
	"""
	:param says: the end of a pipe; told what goes wrong
	"""
	try:
		frappe.init(plan["site"], sites_path=".")
		frappe.connect()
		frappe.set_user("Administrator")
		frappe.flags.mute_emails = True
		yield
	except BaseException:
		says.send(traceback.format_exc()[-3000:])
		raise


def night(says, plan):
	"""Small chunks, so that there are many places to die."""
	values.write.__defaults__ = (3,)
	planning.COMMIT_EVERY = 2
	where, number = plan["where"], plan.get("number")
	if where == "stage":
		die_in_stage(says, plan["stage"], plan.get("wait"))
	else:
		module, name, *before = CALLS[where]
		die_at_call(module, name, number, *before)
	with on_site(says, plan):
		nightly.run(plan["as_of"])


CALLS = {
	"values": (values, "show_on_customer"),
	"between values": (values, "show_on_customer", True),
	"rules": (followups, "add"),
	"held back": (followups, "hold_back"),
	"todos": (todos, "create"),
	"settled": (followups, "settle"),
}


def die():
	os.kill(os.getpid(), signal.SIGKILL)


def die_at_call(module, name, number, before=False):
	original, calls = getattr(module, name), []

	def counting(*args, **kwargs):
		calls.append(1)
		if before and len(calls) == number:
			die()
		result = original(*args, **kwargs)
		if len(calls) == number:
			die()
		return result

	setattr(module, name, counting)


def die_in_stage(says, which, wait):
	original = nightly.Night.stage

	@contextmanager
	def stage(self, name):
		with original(self, name):
			if name == which:
				if wait:
					says.send("here")
					time.sleep(60)
				die()
			yield

	nightly.Night.stage = stage


def add(says, plan):
	with on_site(says, plan):
		followups.add(plan["rows"])
		says.send("added")
		time.sleep(1.5)
		frappe.db.commit()
