import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { SetupError } from "../errors/setup-error.ts";
import { type GivenPath, readGivenPath } from "./given-path.ts";
import { VariablesLayer } from "./variables-layer.ts";

/** A file of variables; a missing one is passed over unless it is `required`. */
export type EnvFile = GivenPath;

/** @throws SetupError `VIV_SETTINGS` for a file that is required and missing, or can't be read */
export function readEnvFile(
	file: EnvFile,
	ignoreEmpty: boolean,
): VariablesLayer {
	const { path, isRequired } = readGivenPath("settings(): envFile", file);
	const text = readText(path, isRequired);
	return new VariablesLayer(
		path,
		// a byte order mark would become part of the first name
		text === undefined ? undefined : parseEnv(text.replace(/^\uFEFF/, "")),
		ignoreEmpty,
	);
}

function readText(path: string, isRequired: boolean): string | undefined {
	try {
		return readFileSync(path, "utf8");
	} catch (cause) {
		const { code } = cause as NodeJS.ErrnoException; // node:fs throws nothing else
		const isMissing = code === "ENOENT" || code === "ENOTDIR";
		if (isMissing && !isRequired) {
			return undefined;
		}
		const problem = isMissing ? "does not exist" : "can't be read";
		throw new SetupError(
			"VIV_SETTINGS",
			`the file of variables "${path}" ${problem}; create it, correct its path, or leave it out of envFile`,
			{ cause },
		);
	}
}
