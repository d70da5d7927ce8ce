// How the tab Care looks; the framework's own colours, so that it follows the theme.
frappe.dom.set_style(
	`.kc { color: var(--text-color); min-height: 40px; overflow-wrap: anywhere; }
	.kc ul, .kc ol { list-style: none; padding: 0; margin: 0; }
	.kc li { padding: 5px 0; }
	.kc p { margin: 0 0 6px; }
	.kc h3 { margin: 0 0 6px; font-size: var(--text-md); font-weight: 600; }
	.kc h3 a { color: inherit; }
	.kc section { padding: 14px 0; border-top: 1px solid var(--border-color); }
	.kc-quiet, .kc-quiet a, .kc-empty, .kc dt { color: var(--text-muted); font-size: var(--text-sm); font-weight: 400; }
	.kc-lead { font-size: var(--text-lg, 15px); }
	.kc-head { padding-bottom: 14px; }
	.kc-pills { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; margin-bottom: 8px; }
	.keep-pill { display: inline-flex; align-items: center; padding: 1px 8px; border-radius: 999px; background: var(--control-bg); font-size: var(--text-sm); }
	/* The framework's green and cyan are too dark for the dark theme. */
	.kc .indicator.green::before { background: var(--green-500, #30a66d); }
	.kc .indicator.cyan::before { background: var(--cyan-500, #32a4c7); }
	.kc-numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(120px, 1fr)); gap: 8px 16px; margin: 10px 0 14px; }
	.kc-numbers dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
	.kc-actions { display: flex; flex-wrap: wrap; gap: 8px; }
	.kc-columns { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 32px; align-items: start; }
	.kc-bars { display: grid; gap: 2px; height: 120px; border-bottom: 1px solid var(--border-color); }
	.kc-bars > span { display: flex; flex-direction: column-reverse; height: 100%; }
	.kc-bars i { display: block; background: var(--blue-400, #4c9ffe); border-radius: 2px 2px 0 0; }
	.kc-bars .kc-expected, .kc-key { background: none; border: 1.5px dashed var(--blue-400, #4c9ffe); }
	.kc-key { display: inline-block; width: 10px; height: 10px; vertical-align: -1px; }
	.kc-top { border-bottom: 1px dotted var(--border-color); margin-bottom: 2px; }
	.kc-months { display: grid; margin-bottom: 6px; }
	.kc-months span { grid-column: span 6; white-space: nowrap; }
	.kc-line { position: relative; height: 28px; margin: 4px 8px; }
	.kc-line::before { content: ""; position: absolute; inset: 13px 0 auto; height: 2px; background: var(--border-color); }
	.kc-line b { position: absolute; top: 12px; height: 4px; border-radius: 2px; background: var(--green-500, #30a66d); }
	.kc-line b.kc-late { background: var(--orange-500, #e79913); }
	.kc-line b.kc-very-late { background: var(--red-500, #e03636); }
	.kc-line i, .kc-dot { width: 10px; height: 10px; border-radius: 50%; background: var(--blue-400, #4c9ffe); border: 2px solid var(--blue-400, #4c9ffe); }
	.kc-line i { position: absolute; top: 9px; margin-left: -5px; }
	.kc-line .kc-next, .kc-open { background: var(--card-bg, var(--fg-color)); border-style: dashed; }
	.kc-line u { position: absolute; top: 3px; width: 2px; height: 22px; margin-left: -1px; background: var(--text-color); }
	.kc-dot, .kc-tick { display: inline-block; vertical-align: -1px; }
	.kc-tick { width: 2px; height: 11px; margin-inline: 4px; background: var(--text-color); }
	.kc-legend { display: flex; flex-wrap: wrap; gap: 4px 16px; }
	.kc-ways { display: flex; flex-wrap: wrap; gap: 2px 14px; }
	.kc-bar { height: 6px; border-radius: 3px; background: var(--control-bg); overflow: hidden; margin: 4px 0; }
	.kc-bar span { display: block; height: 100%; background: var(--orange-500, #e79913); }
	.kc-timeline li { display: flex; gap: 4px; align-items: baseline; }
	.kc-timeline .indicator { flex: none; }
	.kc-said { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; white-space: pre-line; }
	@media (max-width: 991px) {
		.kc-columns { grid-template-columns: minmax(0, 1fr); }
		/* What is to be done comes before what has been. */
		.kc-columns > :last-child { order: -1; }
		.kc-numbers { grid-template-columns: repeat(2, 1fr); }
		.kc-actions .btn { flex: 1 1 140px; min-height: 40px; }
		.kc-ways a { padding: 8px 0; }
	}`,
	"keep-customer-care"
);
