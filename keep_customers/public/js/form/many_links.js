// Fields of several links on a phone. Once something is chosen the framework opens the list again, over the fields below that
// are next: there, who wants more than one taps the field again.
const { make_input } = frappe.ui.form.ControlTableMultiSelect.prototype;
frappe.ui.form.ControlTableMultiSelect.prototype.make_input = function () {
	make_input.call(this);
	if (this.frm?.meta.module !== "Keep Customers") return;
	// The framework's own handler, which sets the focus, goes first.
	this.$input.on("awesomplete-selectcomplete", () => frappe.is_mobile() && this.$input.trigger("blur"));
};
