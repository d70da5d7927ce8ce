// A bar of steps: which are done, which were left out, which is next.
frappe.provide("keep_customers");

// `steps`: each { name, state, hint }; state is done, left-out, next or open.
keep_customers.step_bar = (steps) => {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));
	const items = steps.map(({ name, state, hint }, index) => {
		const mark = { done: "✓", "left-out": "–" }[state] || index + 1;
		return `<li class="${state}"${state === "next" ? ' aria-current="step"' : ""} title="${text(hint)}">
			<span class="mark">${mark}</span><span class="name">${text(name)}</span>
			${state === "left-out" ? `<span class="sr-only">${text(__("left out"))}</span>` : ""}</li>`;
	});
	return `<ol class="keep-steps">${items.join("")}</ol>`;
};

frappe.dom.set_style(
	`.keep-steps { list-style: none; padding: 0; margin: 0 0 12px; display: flex; flex-wrap: wrap; row-gap: 10px; }
	.keep-steps li { flex: 1 0 72px; text-align: center; position: relative; font-size: var(--text-xs); color: var(--text-muted); }
	.keep-steps li::before { content: ""; position: absolute; top: 11px; left: -50%; width: 100%; height: 2px; background: var(--border-color); }
	.keep-steps li:first-child::before { display: none; }
	.keep-steps .mark { position: relative; z-index: 1; display: block; width: 24px; height: 24px; line-height: 20px; margin: 0 auto 4px;
		border-radius: 50%; border: 2px solid var(--border-color); background: var(--card-bg, #fff); font-weight: 600; }
	.keep-steps .name { display: block; margin: 0 -4px; overflow-wrap: anywhere; }
	.keep-steps .done .mark { background: var(--green-500, #30a66d); border-color: var(--green-500, #30a66d); color: #fff; }
	.keep-steps .done::before { background: var(--green-500, #30a66d); }
	.keep-steps .left-out .mark { border-style: dashed; }
	.keep-steps .left-out .name { text-decoration: line-through; }
	.keep-steps .next { color: var(--text-color); font-weight: 600; }
	.keep-steps .next .mark { border-color: var(--blue-500, #2490ef); color: var(--blue-500, #2490ef); }
	@media (max-width: 767px) {
		.keep-steps li { flex: 1 0 33%; }
		.keep-steps li::before { display: none; }
	}`,
	"keep-step-bar"
);
