// The steps of a document, in their order: what is done, what was left out, where it stands, what is still to come.
frappe.provide("keep_customers");

// `steps`: each { name, state: "done", "left-out", "next" or "open", hint: what is read when one points at it }.
keep_customers.step_bar = (steps) => {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));
	const marks = { done: "✓", "left-out": "–" };
	const items = steps.map(
		({ name, state, hint }, index) => `<li class="${state}"${state === "next" ? ' aria-current="step"' : ""} title="${text(hint)}">
			<span class="mark" aria-hidden="true">${marks[state] || index + 1}</span><span class="name">${text(name)}</span>
			${state === "left-out" ? `<span class="sr-only">${text(__("left out"))}</span>` : ""}</li>`
	);
	return `<ol class="keep-step-bar" aria-label="${text(__("Steps"))}">${items.join("")}</ol>`;
};

frappe.dom.set_style(
	`.keep-step-bar { list-style: none; padding: 0; margin: 0 0 12px; display: flex; }
	.keep-step-bar li { flex: 1 1 0; min-width: 0; text-align: center; position: relative; font-size: var(--text-xs); color: var(--text-muted); }
	/* Half of the way on either side of a mark, as they are not equally wide everywhere. */
	.keep-step-bar li::before, .keep-step-bar li::after { content: ""; position: absolute; top: 11px; width: 50%; height: 2px; background: var(--border-color); }
	.keep-step-bar li::before { inset-inline-start: 0; }
	.keep-step-bar li::after { inset-inline-end: 0; }
	.keep-step-bar li:first-child::before, .keep-step-bar li:last-child::after { display: none; }
	.keep-step-bar .mark { position: relative; z-index: 1; display: block; width: 24px; height: 24px; line-height: 20px; margin: 0 auto 4px;
		border: 2px solid var(--border-color); border-radius: 50%; background: var(--card-bg, var(--fg-color)); font-weight: 600; }
	.keep-step-bar .name { display: block; margin: 0 -4px; overflow-wrap: anywhere; }
	.keep-step-bar .done .mark { border-color: var(--green-600, #278f5e); color: var(--green-700, #1a6a43); }
	.keep-step-bar .left-out .mark { border-style: dashed; }
	.keep-step-bar .left-out .name { text-decoration: line-through; }
	.keep-step-bar .next .mark { border-color: var(--text-color); background: var(--text-color); color: var(--card-bg, var(--fg-color)); }
	.keep-step-bar .next .name { color: var(--text-color); font-weight: 600; }
	@media (max-width: 767px) {
		/* Only where it stands has its name. */
		.keep-step-bar .name { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
		.keep-step-bar .next { flex-grow: 3; }
		.keep-step-bar .next .name { position: static; width: auto; height: auto; clip-path: none; margin: 0; }
	}`,
	"keep-step-bar"
);
