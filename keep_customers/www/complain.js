// Pictures are made smaller before they are sent, and a form is sent once. Without this script all goes as it is.
const PICTURE = { side: 1600, quality: 0.8, enough: 400_000 }; // pixels, of JPEG, bytes
const ON_A_SLOW_LINE = { side: 1000, quality: 0.6, enough: 100_000 };
const SLOW = 30; // bytes a millisecond
const WORTH_COUNTING = 50_000; // bytes

// As the browser thinks, or as this page came: not every browser says what it thinks.
function slow() {
	const { effectiveType, saveData } = navigator.connection || {};
	const [page] = performance.getEntriesByType("navigation");
	const took = page.responseEnd - page.responseStart; // milliseconds
	return saveData || /2g|3g/.test(effectiveType) || (page.transferSize && page.transferSize < took * SLOW);
}

async function smaller(file) {
	const wanted = slow() ? ON_A_SLOW_LINE : PICTURE;
	if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size <= wanted.enough) return file;
	const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
	const scale = Math.min(1, wanted.side / Math.max(picture.width, picture.height));
	const canvas = document.createElement("canvas");
	canvas.width = Math.round(picture.width * scale);
	canvas.height = Math.round(picture.height * scale);
	canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
	const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", wanted.quality));
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

// Send the form and say how far that is; the answer of the server, once it is there.
function send(form, said) {
	return new Promise((done, failed) => {
		const sending = new XMLHttpRequest();
		sending.upload.onprogress = ({ loaded, total }) => {
			if (total > WORTH_COUNTING) said(Math.floor((100 * loaded) / total));
		};
		sending.onload = () => done(sending);
		sending.onerror = failed;
		sending.open("POST", form.action);
		sending.send(new FormData(form));
	});
}

// The answer is this page with what is wrong, or the thanks, which have an address of their own.
function show(answer, action) {
	const page = new DOMParser().parseFromString(answer.responseText, "text/html");
	const main = page.querySelector(".guest > main");
	// A server that is being started anew, or wants no more, answers with something else: the form stays.
	if (!main) throw new Error(answer.status);
	document.querySelector("main").replaceWith(main);
	document.title = page.title;
	if (answer.responseURL !== action) history.replaceState(null, "", answer.responseURL);
	scrollTo(0, 0);
	document.querySelector("main [autofocus]")?.focus();
	begin();
}

function begin() {
	const form = document.querySelector("form[data-sending]");
	if (!form) return;
	const button = form.querySelector("button[type=submit]");
	const broken = document.getElementById("broken");
	const label = button.textContent;
	let reducing = Promise.resolve();
	const wait = (waiting) => {
		button.disabled = waiting;
		button.textContent = waiting ? form.dataset.sending : label;
	};
	for (const input of form.querySelectorAll("input[type=file]")) {
		input.addEventListener("change", () => (reducing = reducing.then(() => reduce(input))));
	}
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		if (button.disabled) return;
		wait(true);
		broken.hidden = true;
		try {
			await reducing.catch(() => {});
			const answer = await send(form, (percent) => {
				button.textContent = `${form.dataset.sending} ${percent} %`;
			});
			show(answer, form.action);
		} catch {
			wait(false);
			broken.hidden = false;
		}
	});
	// Who comes back to the page can send again.
	addEventListener("pageshow", () => wait(false));
}

begin();
