import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "../errors/setup-error.ts";
import { type GivenPath, readGivenPath } from "./given-path.ts";
import type { FoundContent, FoundSetting, Layer, SettingKey } from "./layer.ts";

/** A folder of secrets; a missing one is passed over unless it is `required`. */
export type SecretsDir = GivenPath;

/** The files of a folder, each named as a variable, in whatever case: as Docker and Kubernetes mount secrets. */
export class SecretsLayer implements Layer {
	readonly place: string;
	readonly #folder: string;
	readonly #ignoreEmpty: boolean;
	/** The names of the files by their name in upper case. */
	readonly #files = new Map<string, string>();

	/** @throws SetupError `VIV_SETTINGS` for a folder that is required and missing, or can't be read */
	constructor(given: SecretsDir, ignoreEmpty: boolean) {
		const { path, isRequired } = readGivenPath("settings(): secretsDir", given);
		this.#folder = path;
		this.#ignoreEmpty = ignoreEmpty;
		const names = listFiles(path, isRequired);
		this.place = names === undefined ? `${path} (no such folder)` : path;
		for (const name of names ?? []) {
			this.#files.set(name.toUpperCase(), name);
		}
	}

	find({ variables }: SettingKey): FoundSetting | undefined {
		for (const name of variables) {
			const file = this.#files.get(name.toUpperCase());
			const content = file === undefined ? undefined : this.#read(file);
			if (file !== undefined && content !== undefined) {
				const origin = join(this.#folder, file);
				return { name, content, origin, isSecret: true };
			}
		}
		return undefined;
	}

	/** Undefined where it is empty and that counts as not set, and for a folder, of which Kubernetes mounts some. */
	#read(file: string): FoundContent | undefined {
		const path = join(this.#folder, file);
		try {
			if (statSync(path).isDirectory()) {
				return undefined;
			}
			const text = readFileSync(path, "utf8").trim();
			return this.#ignoreEmpty && text === "" ? undefined : { text };
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException; // node:fs throws nothing else
			return { problem: `the file can't be read (${code})` };
		}
	}
}

function listFiles(
	folder: string,
	isRequired: boolean,
): readonly string[] | undefined {
	try {
		return readdirSync(folder);
	} catch (cause) {
		const { code } = cause as NodeJS.ErrnoException; // node:fs throws nothing else
		if (code === "ENOENT" && !isRequired) {
			return undefined;
		}
		const problem = problems.get(code) ?? "can't be read";
		throw new SetupError(
			"VIV_SETTINGS",
			`the folder of secrets "${folder}" ${problem}; mount it, correct its path, or leave it out of secretsDir`,
			{ cause },
		);
	}
}

const problems: ReadonlyMap<string | undefined, string> = new Map([
	["ENOENT", "does not exist"],
	["ENOTDIR", "is a file"],
]);
