// The steps of a document, in their order: what is done, what was left out, where it stands, what is still to come.
frappe.provide("keep_customers");

// `steps`: each { name, state, hint }; state is done, left-out, next or open.
keep_customers.step_bar = (steps) => {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));
	const items = steps.map(({ name, state, hint }, index) => {
		const mark = { done: "✓", "left-out": "–" }[state] || index + 1;
		return `<li class="${state}"${state === "next" ? ' aria-current="step"' : ""} title="${text(hint)}">
			<span class="mark" aria-hidden="true">${mark}</span><span class="name">${text(name)}</span>
			${state === "left-out" ? `<span class="sr-only">${text(__("left out"))}</span>` : ""}</li>`;
	});
	return `<ol class="keep-steps" aria-label="${text(__("Steps"))}">${items.join("")}</ol>`;
};

frappe.dom.set_style(
	`.keep-steps { list-style: none; padding: 0; margin: 0 0 12px; display: flex; }
	.keep-steps li { flex: 1 1 0; min-width: 0; text-align: center; position: relative; font-size: var(--text-xs); color: var(--text-muted); }
	.keep-steps li::before { content: ""; position: absolute; top: 11px; inset-inline-start: -50%; width: 100%; height: 2px; background: var(--border-color); }
	.keep-steps li:first-child::before { display: none; }
	.keep-steps .mark { position: relative; z-index: 1; display: block; width: 24px; height: 24px; line-height: 20px; margin: 0 auto 4px;
		border: 2px solid var(--border-color); border-radius: 50%; background: var(--card-bg, var(--fg-color)); }
	.keep-steps .name { display: block; margin: 0 -4px; overflow-wrap: anywhere; }
	.keep-steps .done .mark { border-color: var(--green-600, #278f5e); color: var(--green-700, #1a6a43); }
	.keep-steps .left-out .mark { border-style: dashed; }
	.keep-steps .left-out .name { text-decoration: line-through; }
	.keep-steps .next .mark { border-color: var(--text-color); background: var(--text-color); color: var(--card-bg, var(--fg-color)); }
	.keep-steps .next .name { color: var(--text-color); font-weight: 600; }
	@media (max-width: 767px) {
		/* Only where it stands has its name. */
		.keep-steps .name { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }
		.keep-steps .next { flex-grow: 3; }
		.keep-steps .next .name { position: static; width: auto; height: auto; clip-path: none; }
	}`,
	"keep-step-bar"
);
