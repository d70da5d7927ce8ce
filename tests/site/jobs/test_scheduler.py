"""The night by the host's own scheduler."""

import frappe

METHOD = "keep_customers.jobs.nightly.run_if_enabled"


def job():
	return frappe.get_doc("Scheduled Job Type", {"method": METHOD})


def test_the_scheduler_knows_the_night_after_install():
	assert (job().frequency, job().cron_format, job().stopped) == ("Cron", "30 1 * * *", 0)
	assert frappe.db.count("Scheduled Job Type", {"method": METHOD}) == 1


def test_the_scheduler_sends_messages_every_hour():
	[job] = frappe.get_all(
		"Scheduled Job Type",
		filters={"method": "keep_customers.jobs.sending.run_by_day"},
		fields=["frequency", "cron_format", "stopped"],
	)
	assert (job.frequency, job.cron_format, job.stopped) == ("Cron", "10 * * * *", 0)


def test_the_scheduler_runs_the_night_when_it_is_switched_on(story):
	story.history(story.customer("Firm"), [(30, 500)])
	story.settings(enabled=1)
	job().execute()
	[run] = frappe.get_all("Care Run", fields=["status", "as_of", "customers", "first_run"])
	assert (run.status, run.customers, run.first_run) == ("Completed", 1, 1)
	assert run.as_of == frappe.utils.getdate()


def test_the_scheduler_does_nothing_when_the_night_is_switched_off(story):
	story.history(story.customer("Firm"), [(30, 500)])
	story.settings(enabled=0)
	try:
		job().execute()
		assert not frappe.db.count("Care Run") and not frappe.db.count("Customer Value")
	finally:
		story.settings(enabled=1)
		frappe.db.commit()
