import frappe
def test_it(story):
	a=story.customer("A"); story.history(a,[(30,100),(5,200)])
	run=story.night()
	print("WARN",run.warnings, run.status, run.parameters[:3000]); print("ERR", story.errors(run))
	print(frappe.get_all("Forecast Check", fields=["*"]))
	print(story.value(a).as_dict())
	assert 0
