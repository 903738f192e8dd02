import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";

/** A file of variables; a missing one is passed over unless it is `required`. */
export type EnvFile =
	| string
	| URL
	| { readonly path: string | URL; readonly required?: boolean };

/** Where a variable was found. */
export interface FoundVariable {
	readonly name: string;
	readonly text: string;
	/** `environment`, or the path of a file. */
	readonly origin: string;
}

/** Variables of several origins, the first of which wins. */
export class Environment {
	readonly #layers: readonly Layer[];
	/** The origins in which variables are looked for, with what became of them, for messages. */
	readonly places: readonly string[];

	/** @throws SetupError `VIV_SETTINGS` for a file that is required and missing, or can't be read */
	constructor(
		variables: Readonly<Record<string, string | undefined>>,
		files: readonly EnvFile[],
		ignoreEmpty: boolean,
	) {
		const layers = files.map((file) => readLayer(file, ignoreEmpty));
		this.#layers = [
			toLayer("environment", variables, ignoreEmpty),
			...layers.toReversed(),
		];
		this.places = [
			"the environment",
			...layers.map(({ origin, isMissing }) =>
				isMissing ? `${origin} (no such file)` : origin,
			),
		];
	}

	/** The first of the names in the first origin that has one of them; as written, else in whatever case. */
	find(names: readonly string[]): FoundVariable | undefined {
		for (const { origin, exact, folded } of this.#layers) {
			for (const name of names) {
				const text = exact.get(name) ?? folded.get(name.toUpperCase());
				if (text !== undefined) {
					return { name, text, origin };
				}
			}
		}
		return undefined;
	}
}

interface Layer {
	readonly origin: string;
	readonly isMissing: boolean;
	readonly exact: ReadonlyMap<string, string>;
	/** By the name in upper case. */
	readonly folded: ReadonlyMap<string, string>;
}

function toLayer(
	origin: string,
	variables: Readonly<Record<string, string | undefined>> | undefined,
	ignoreEmpty: boolean,
): Layer {
	const exact = new Map<string, string>();
	const folded = new Map<string, string>();
	for (const [name, text] of Object.entries(variables ?? {})) {
		if (text === undefined || (ignoreEmpty && text === "")) {
			continue;
		}
		exact.set(name, text);
		folded.set(name.toUpperCase(), text);
	}
	return { origin, isMissing: variables === undefined, exact, folded };
}

function readLayer(file: EnvFile, ignoreEmpty: boolean): Layer {
	const given =
		typeof file === "string" || file instanceof URL ? { path: file } : file;
	assertOptions("settings(): envFile", given, fileRules);
	const { path, required = false } = given;
	const origin = path instanceof URL ? fileURLToPath(path) : path;
	const text = readText(origin, required);
	return toLayer(
		origin,
		// a byte order mark would become part of the first name
		text === undefined ? undefined : parseEnv(text.replace(/^\uFEFF/, "")),
		ignoreEmpty,
	);
}

const fileRules: OptionRules<Exclude<EnvFile, string | URL>> = {
	path: {
		required: (value) =>
			typeof value === "string" || value instanceof URL
				? undefined
				: "a path or a file: URL",
	},
	required: "boolean",
};

function readText(path: string, required: boolean): string | undefined {
	try {
		return readFileSync(path, "utf8");
	} catch (cause) {
		if (!required && isMissingFile(cause)) {
			return undefined;
		}
		const problem = isMissingFile(cause) ? "does not exist" : "can't be read";
		throw new SetupError(
			"VIV_SETTINGS",
			`the file of variables "${path}" ${problem}; create it, correct its path, or leave it out of envFile`,
			{ cause },
		);
	}
}

function isMissingFile(error: unknown): boolean {
	const { code } = error as NodeJS.ErrnoException; // node:fs throws nothing else
	return code === "ENOENT" || code === "ENOTDIR";
}
