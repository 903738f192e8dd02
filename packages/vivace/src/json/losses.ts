import { pathText } from "./compatible.ts";

/**
 * A sentence about the first thing that a value loses on its way into JSON without a word; `undefined` where it loses nothing. It walks through
 * all of the value, which takes as long as writing it: for development.
 */
export function lossIn(value: unknown): string | undefined {
	if (typeof value === "function" || typeof value === "symbol") {
		return undefined; // whoever writes it throws
	}
	return textLoss(value) ?? foreignAnswer(value) ?? new Search().of(value);
}

class Search {
	readonly #path: (string | number)[] = [];
	/** The objects around the one that is looked at: a circle is told by whoever writes it. */
	readonly #parents: object[] = [];

	of(value: unknown): string | undefined {
		switch (typeof value) {
			case "number":
				return Number.isFinite(value)
					? undefined
					: this.#lost(`is ${value}`, "sent as null");
			case "function":
			case "symbol":
				return this.#lost(`is a ${typeof value}`, "left out");
			case "object":
				return value === null ? undefined : this.#ofObject(value);
			default:
				return undefined;
		}
	}

	#ofObject(value: object): string | undefined {
		if (this.#parents.includes(value)) {
			return undefined;
		}
		if (value instanceof Date) {
			return Number.isNaN(value.getTime())
				? this.#lost("is an invalid Date", "sent as null")
				: undefined;
		}
		if (value instanceof Error) {
			return this.#lost(
				`is an Error ("${value.message}")`,
				"sent without its message",
			);
		}
		if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
			return undefined;
		}
		if ("toJSON" in value && typeof value.toJSON === "function") {
			return undefined; // its class knows
		}
		this.#parents.push(value);
		const found = this.#ofMembers(value);
		this.#parents.pop();
		return found;
	}

	#ofMembers(value: object): string | undefined {
		const isList = Array.isArray(value) || value instanceof Set;
		const members = isList
			? [...(value as Iterable<unknown>)].entries()
			: value instanceof Map
				? value.entries()
				: Object.entries(value);
		for (const [key, member] of members) {
			this.#path.push(isList ? (key as number) : String(key));
			const found =
				isList && member === undefined
					? this.#lost("is undefined", "sent as null")
					: this.of(member);
			this.#path.pop();
			if (found !== undefined) {
				return found;
			}
		}
		return undefined;
	}

	#lost(is: string, fate: string): string {
		const place =
			this.#path.length === 0
				? "its answer"
				: `"${pathText(this.#path)}" of its answer`;
		return `${place} ${is}, and is ${fate}`;
	}
}

/** Of a text that is no text of JSON's: HTML, or JSON that was written already. */
function textLoss(value: unknown): string | undefined {
	if (typeof value !== "string") {
		return undefined;
	}
	const text = value.trim();
	if (/^<(?:!doctype html|html|[a-z][a-z0-9]*[\s>])/i.test(text)) {
		return "its answer is HTML, and is sent as a text in JSON; return new HTMLResponse(…)";
	}
	if (/^[[{]/.test(text) && isJson(text)) {
		return "its answer is JSON already, and is sent as a text in JSON; return the value itself";
	}
	return undefined;
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

/** An answer as functions in a cloud have it, which other servers take apart. */
function foreignAnswer(value: unknown): string | undefined {
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		return undefined;
	}
	const { statusCode, body } = value as Record<string, unknown>;
	const isWhole = Object.keys(value).every((name) =>
		["statusCode", "body", "headers"].includes(name),
	);
	return isWhole && typeof statusCode === "number" && body !== undefined
		? `its answer is a record of statusCode and body, which is sent as it is; return new Response(body, { status: ${statusCode} })`
		: undefined;
}
