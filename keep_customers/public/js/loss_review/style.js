// How a review's own parts look; the framework's own colours, so that they follow the theme.
frappe.provide("keep_customers.loss_review");

frappe.dom.set_style(
	`.kl { color: var(--text-color); overflow-wrap: anywhere; padding-bottom: 8px; }
	.kl p { margin: 0 0 6px; }
	.kl ul { list-style: none; padding: 0; margin: 0; }
	.kl li { padding: 4px 0; }
	.kl h4 { margin: 0 0 4px; font-size: var(--text-md); font-weight: 600; }
	.kl section { padding: 10px 0; border-top: 1px solid var(--border-color); }
	.kl-quiet, .kl dt { color: var(--gray-700, #525252); font-size: var(--text-sm); font-weight: 400; }
	[data-theme="dark"] .kl-quiet, [data-theme="dark"] .kl dt { color: var(--text-muted); }
	.kl-numbers { display: flex; flex-wrap: wrap; gap: 6px 28px; margin: 8px 0 10px; }
	.kl-numbers dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
	.kl-columns { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 32px; }
	.kl-said { border-inline-start: 3px solid var(--border-color); padding-inline-start: 10px; white-space: pre-line; }
	.kl-result { border-inline-start: 3px solid var(--green-500, #30a66d); padding: 4px 0 4px 10px; }
	.kl-result.kl-over { border-color: var(--gray-500, #999); }
	.kl a { text-decoration: underline; text-underline-offset: 2px; }
	@media (max-width: 767px) { .kl-columns { grid-template-columns: minmax(0, 1fr); } }`,
	"keep-loss-review"
);
