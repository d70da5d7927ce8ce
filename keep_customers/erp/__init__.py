"""The only code that reads or writes ERPNext's and Frappe's own documents.

If the host renames a doctype or a field, this folder changes and nothing else does.
"""
