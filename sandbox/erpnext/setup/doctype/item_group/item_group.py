from frappe.utils.nestedset import NestedSet, get_root_of


class ItemGroup(NestedSet):
	nsm_parent_field = "parent_item_group"

	def validate(self):
		if not self.parent_item_group:
			self.parent_item_group = get_root_of(self.doctype)
