// Leave the guests whose names have what was typed.
const find = document.getElementById("find");
if (find) {
	const rows = [...document.querySelectorAll("[data-name]")];
	find.hidden = false;
	find.addEventListener("input", () => {
		const words = find.value.toLowerCase().split(/\s+/);
		for (const row of rows) {
			const name = row.dataset.name.toLowerCase();
			row.hidden = !words.every((word) => name.includes(word));
		}
	});
}
