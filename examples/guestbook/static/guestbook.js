// Sends the form without leaving the page. Where this does not run, the browser sends it by itself, and the same page comes.
document.addEventListener("submit", async (event) => {
	const form = event.target;
	event.preventDefault();
	try {
		const response = await fetch(form.action, {
			method: "POST",
			body: new FormData(form),
		});
		const text = await response.text();
		const page = new DOMParser().parseFromString(text, "text/html");
		const main = page.querySelector("main");
		if (main === null) {
			throw new Error(text);
		}
		document.querySelector("main").replaceWith(main);
		main.querySelector("[aria-invalid]")?.focus();
	} catch {
		form.submit();
	}
});
