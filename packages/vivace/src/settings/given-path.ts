import { fileURLToPath } from "node:url";
import { assertOptions, type OptionRules } from "../errors/options.ts";

/** A file or folder by path from the working directory or `file:` URL; a missing one is passed over unless it is `required`. */
export type GivenPath =
	| string
	| URL
	| { readonly path: string | URL; readonly required?: boolean };

/** @throws SetupError `VIV_OPTION` for an option that there is not, or a wrong value */
export function readGivenPath(
	where: string,
	given: GivenPath,
): { readonly path: string; readonly isRequired: boolean } {
	const options =
		typeof given === "string" || given instanceof URL ? { path: given } : given;
	assertOptions(where, options, rules);
	const { path, required = false } = options;
	return {
		path: path instanceof URL ? fileURLToPath(path) : path,
		isRequired: required,
	};
}

const rules: OptionRules<Exclude<GivenPath, string | URL>> = {
	path: {
		required: (value) =>
			typeof value === "string" || value instanceof URL
				? undefined
				: "a path or a file: URL",
	},
	required: "boolean",
};
