// Charts as narrow as a phone: names below the bars and words of the legend have the room that there is.
frappe.provide("keep_customers");

// The framework gives each word of a legend the same width: what is longer touches the next one, or is cut at the edge.
function fit_legend({ legendArea, svg, width }) {
	const wide = (one) => one.getBBox().width;
	const at = (one) => one.transform.baseVal[0].matrix;
	const ends = (one) => at(one).e + wide(one);
	const touch = (one, next) => next && at(next).f === at(one).f && ends(one) + 8 > at(next).e;
	const parts = [...legendArea.children];
	if (parts.some((one, i) => ends(one) > width || touch(one, parts[i + 1]))) {
		let x = 0, y = 0;
		for (const one of parts) {
			if (x && x + wide(one) > width) [x, y] = [0, y + 26];
			one.setAttribute("transform", `translate(${x}, ${y})`);
			x += wide(one) + 16;
		}
	}
	const low = legendArea.getBoundingClientRect().bottom - svg.getBoundingClientRect().top;
	if (low + 8 > svg.getBoundingClientRect().height) svg.setAttribute("height", low + 8);
}

// It takes every letter for wide: of a name below a narrow bar "..." is left, where half of it has room. Of what follows each
// other, as months do, it leaves some out, but keeps the last one always, also where it touches the one before.
function fit_labels({ svg, state, config }) {
	const { labels } = state?.xAxis || {};
	const shown = [...svg.querySelectorAll(".x.axis text")];
	if (!labels || shown.length !== labels.length) return;
	let end = -Infinity;
	shown.forEach((one, i) => {
		if (config.xIsSeries) {
			if (!one.textContent) return;
			const { left, right } = one.getBoundingClientRect();
			if (left < end + 4) one.textContent = "";
			else end = right;
			return;
		}
		const name = String(labels[i]);
		one.textContent = name;
		const long = one.getComputedTextLength();
		const room = state.unitWidth - 4;
		if (long <= room) return;
		const letters = [...name];
		one.textContent = `${letters.slice(0, Math.max(1, Math.floor((letters.length * room) / long) - 1)).join("").trim()}…`;
	});
}

// From 16 on its style for lines also goes around the two ends of a bar of shares.
frappe.dom.set_style(".keep-chart path.percentage-bar { stroke: none; }", "keep-charts");

keep_customers.fit_chart = (chart) => {
	if (!chart?.svg) return;
	chart.parent?.classList.add("keep-chart");
	const in_sight = () => chart.svg.getClientRects().length > 0;
	const legend = () => chart.legendArea && in_sight() && fit_legend(chart);
	const labels = () => in_sight() && fit_labels(chart);
	const { renderLegend, updateNav } = chart;
	chart.renderLegend = function (...args) {
		renderLegend.apply(this, args);
		legend();
	};
	// The last that is done when bars and labels have been drawn, at once or after they have grown.
	chart.updateNav = function (...args) {
		updateNav.apply(this, args);
		labels();
	};
	legend();
	labels();
};

// On workspaces the framework makes them; whose one is, only the widget knows.
const { get_chart_args } = frappe.widget.widget_factory.chart.prototype;
frappe.widget.widget_factory.chart.prototype.get_chart_args = function (...args) {
	const options = get_chart_args.apply(this, args);
	return this.chart_doc?.module === "Keep Customers" ? { ...options, keep_fits: true } : options;
};
const { make_chart } = frappe.utils;
frappe.utils.make_chart = function (wrapper, options = {}, ...rest) {
	const chart = make_chart.call(this, wrapper, options, ...rest);
	if (options.keep_fits) keep_customers.fit_chart(chart);
	return chart;
};
