// Pictures are made smaller before they are sent, and a form is sent once. Without this script all goes as it is.
const LONGEST_SIDE = 1600; // pixels
const SMALL_ENOUGH = 400_000; // bytes
const form = document.querySelector("form[data-sending]");

async function smaller(file) {
	if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size <= SMALL_ENOUGH) return file;
	const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
	const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
	const canvas = document.createElement("canvas");
	canvas.width = Math.round(picture.width * scale);
	canvas.height = Math.round(picture.height * scale);
	canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
	const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
	if (!blob || blob.size >= file.size) return file;
	return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
}

async function reduce(input) {
	const before = [...input.files];
	const after = await Promise.all(before.map((file) => smaller(file).catch(() => file)));
	if (after.every((file, i) => file === before[i])) return;
	const chosen = new DataTransfer();
	after.forEach((file) => chosen.items.add(file));
	input.files = chosen.files;
	const megabytes = (files) => (files.reduce((sum, file) => sum + file.size, 0) / 1048576).toFixed(1);
	const sizes = document.getElementById("sizes");
	sizes.textContent = sizes.dataset.words.replace("{0}", megabytes(after)).replace("{1}", megabytes(before));
}

if (form) {
	const button = form.querySelector("button[type=submit]");
	const label = button.textContent;
	let reducing = Promise.resolve();
	for (const input of form.querySelectorAll("input[type=file]")) {
		input.addEventListener("change", () => (reducing = reducing.then(() => reduce(input))));
	}
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		if (button.disabled) return;
		button.disabled = true;
		button.textContent = form.dataset.sending;
		reducing.finally(() => form.submit());
	});
	// Who comes back to the page can send again.
	addEventListener("pageshow", () => {
		button.disabled = false;
		button.textContent = label;
	});
}
