import { isNear } from "../errors/options.ts";
import {
	type FoundContent,
	type FoundSetting,
	invalidJson,
	type Layer,
	type SettingKey,
} from "./layer.ts";
import { valueAt } from "./values-layer.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** Texts by the name of their variable, in whatever case: the environment, or a file of variables. */
export class VariablesLayer implements Layer {
	readonly place: string;
	readonly #origin: string;
	readonly #exact = new Map<string, string>();
	/** By the name in upper case. */
	readonly #folded = new Map<string, string>();

	constructor(
		origin: string,
		variables: Variables | undefined,
		ignoreEmpty: boolean,
	) {
		this.#origin = origin;
		this.place = variables === undefined ? `${origin} (no such file)` : origin;
		for (const [name, text] of Object.entries(variables ?? {})) {
			if (text === undefined || (ignoreEmpty && text === "")) {
				continue;
			}
			this.#exact.set(name, text);
			this.#folded.set(name.toUpperCase(), text);
		}
	}

	/** A variable of the setting's own, else what the JSON in the variable of a group around it has. */
	find(key: SettingKey): FoundSetting | undefined {
		for (const name of key.variables) {
			const text = this.#text(name);
			if (text !== undefined) {
				return this.#found(name, { text });
			}
		}
		return this.#findInGroup(key);
	}

	slipOf(
		{ variables }: SettingKey,
		known: ReadonlySet<string>,
	): string | undefined {
		const set = [...this.#exact.keys()].filter(
			(name) => !known.has(name) && !known.has(name.toUpperCase()),
		);
		for (const variable of variables) {
			const slip = set.find((name) => isSlip(name, variable));
			if (slip !== undefined) {
				return slip;
			}
		}
		return undefined;
	}

	#findInGroup({ path, groups }: SettingKey): FoundSetting | undefined {
		for (const [depth, name] of [...groups.entries()].reverse()) {
			const text = this.#text(name);
			// a group's name may be a variable of something else: $MAIL is a folder
			if (text === undefined || !text.trimStart().startsWith("{")) {
				continue;
			}
			const group = parseRecord(text);
			if (group === undefined) {
				return this.#found(name, { problem: invalidJson });
			}
			const within = path.slice(depth + 1);
			const value = valueAt(group, within);
			if (value !== undefined) {
				return this.#found(`${name}.${within.join(".")}`, { value });
			}
		}
		return undefined;
	}

	#text(name: string): string | undefined {
		return this.#exact.get(name) ?? this.#folded.get(name.toUpperCase());
	}

	#found(name: string, content: FoundContent): FoundSetting {
		return { name, content, origin: this.#origin, isSecret: false };
	}
}

/** Short names are near each other by chance. */
function isSlip(name: string, variable: string): boolean {
	return variable.length > 3 && isNear(name, variable);
}

function parseRecord(text: string): object | undefined {
	try {
		return JSON.parse(text); // it begins with a brace
	} catch {
		return undefined;
	}
}
