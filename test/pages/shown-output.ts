/**
 * Whether a command has printed what its page shows. `…` stands for anything within a line (or for any value of JSON), a line `…` for any lines. JSON may be set out
 * in lines; of an answer with its head (`curl -i`) the headers that are shown must be there, in any order.
 */
export function isShown(shown: string, printed: string): boolean {
	const actual = printed.replaceAll("\r", "").trim();
	if (shown.startsWith("HTTP/")) {
		const [head = "", body = ""] = halves(shown);
		const [actualHead = "", actualBody = ""] = halves(actual);
		return hasHead(head, actualHead) && isShown(body, actualBody);
	}
	const json = parsed(shown);
	const actualJson = parsed(actual);
	return json !== undefined && actualJson !== undefined
		? isSame(json.value, actualJson.value)
		: patternOf(shown).test(actual);
}

/** Whether lines have been printed in this order, perhaps with others between them. */
export function hasLines(shown: string, printed: string): boolean {
	const lines = printed.replaceAll("\r", "").split("\n");
	return shown.split("\n").every((line) => {
		const pattern = patternOf(line.trimEnd());
		const place = lines.findIndex((actual) => pattern.test(actual.trimEnd()));
		lines.splice(0, place + 1);
		return place !== -1;
	});
}

function halves(text: string): string[] {
	const end = text.indexOf("\n\n");
	return end === -1 ? [text, ""] : [text.slice(0, end), text.slice(end).trim()];
}

function hasHead(shown: string, actual: string): boolean {
	const lines = actual.split("\n");
	return shown
		.split("\n")
		.filter((line) => line !== "…")
		.every((line) => lines.some((other) => patternOf(line).test(other)));
}

function parsed(text: string): { value: unknown } | undefined {
	try {
		return { value: JSON.parse(text) };
	} catch {
		return undefined; // no JSON
	}
}

function isSame(shown: unknown, actual: unknown): boolean {
	if (shown === "…") {
		return true;
	}
	if (typeof shown === "string") {
		return typeof actual === "string" && patternOf(shown).test(actual);
	}
	if (typeof shown !== "object" || shown === null) {
		return shown === actual;
	}
	if (typeof actual !== "object" || actual === null) {
		return false;
	}
	const keys = Object.keys(shown);
	return (
		Array.isArray(shown) === Array.isArray(actual) &&
		keys.length === Object.keys(actual).length &&
		keys.every((key) =>
			isSame(
				(shown as Record<string, unknown>)[key],
				(actual as Record<string, unknown>)[key],
			),
		)
	);
}

function patternOf(shown: string): RegExp {
	const lines = shown.split("\n");
	const last = lines.length - 1;
	const isAny = (index: number) => lines[index]?.trim() === "…";
	const parts = lines.map((line, index) => {
		if (isAny(index)) {
			return index === last ? "(?:\\n[\\s\\S]*)?" : "(?:[^\\n]*\\n)*?";
		}
		const isFollowed = index < last && !(index + 1 === last && isAny(last));
		const text = line.split("…").map((part) => RegExp.escape(part));
		return text.join("[^\\n]*") + (isFollowed ? "\\n" : "");
	});
	return new RegExp(`^${parts.join("")}$`, "i");
}
