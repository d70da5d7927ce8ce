// How an event's own parts look; the framework's own colours, so that they follow the theme.
frappe.dom.set_style(
	`.ke { color: var(--text-color); overflow-wrap: anywhere; padding-bottom: 8px; }
	.ke p { margin: 0 0 6px; }
	.ke h4 { margin: 12px 0 2px; font-size: var(--text-md); font-weight: 600; }
	.ke-quiet, .ke-figures dt { color: var(--gray-700, #525252); font-size: var(--text-sm); font-weight: 400; }
	[data-theme="dark"] .ke-quiet, [data-theme="dark"] .ke-figures dt { color: var(--text-muted); }
	.ke-problem { border-inline-start: 3px solid var(--orange-500, #e79913); padding: 4px 0 4px 10px; }
	.ke-figures { display: flex; flex-wrap: wrap; gap: 4px 24px; margin: 0; }
	.ke-figures dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
	.ke-left-out { border-inline-start: 3px solid var(--orange-500, #e79913); padding-inline-start: 10px; margin-bottom: 6px; }
	.ke-left-out ul, .ke-how { margin: 0; padding-inline-start: 18px; }
	/* Two boxes: columns that are no higher than their box would go on to the right of it, out of sight. */
	.ke-names { max-height: 320px; overflow-y: auto; }
	.ke-names ol { margin: 0; padding-inline-start: 24px; columns: 2 180px; column-gap: 32px; }
	.modal .ke-names ol { columns: 2 200px; }
	.ke-guests { list-style: none; margin: 0; padding: 0; }
	.ke-guests li { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; justify-content: space-between; padding: 6px 0;
		border-top: 1px solid var(--border-color); }
	.ke-guests li > :first-child { flex: 1 1 240px; min-width: 0; }
	.ke-do { display: flex; flex-wrap: wrap; gap: 6px; }
	@media (max-width: 767px) { .ke .btn { min-height: 44px; } .ke-do { flex: 1 1 100%; } .ke-do .btn { flex: 1 1 0; } }`,
	"keep-vip-event"
);
