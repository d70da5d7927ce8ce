# Replaces functions of the same name in frappe/utils/pdf.py: what is printed is drawn, as by the framework itself.


def pdf_body_html(template, args, **kwargs):
	return template.render(args, filters={"len": len})
