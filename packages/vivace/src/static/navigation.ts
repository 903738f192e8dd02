const pages = ["text/html", "application/xhtml+xml"];

/**
 * True when a client names pages among what it accepts, as a browser does when it goes to an address, and not when it loads a script, a
 * picture or data. Wildcards are no such name: every program sends them.
 *
 * @param header `Accept`
 * @see FastAPI, "Frontend"
 */
export function acceptsPages(header: string | undefined): boolean {
	return (header ?? "").split(",").some((item) => {
		const [type = "", ...parameters] = item
			.split(";")
			.map((part) => part.trim().toLowerCase());
		const weight = parameters.find((parameter) => /^q\s*=/.test(parameter));
		return pages.includes(type) && !isZero(weight);
	});
}

/** Nothing that is no number is zero. */
function isZero(weight: string | undefined): boolean {
	const text = weight?.slice(weight.indexOf("=") + 1).trim() ?? "";
	return text !== "" && Number(text) === 0;
}
