import { SetupError } from "../errors/setup-error.ts";
import { coreShape, type Shape, someShape } from "../schema/shape/shape.ts";
import type { ParameterSource } from "./parameter.ts";

/** Tells whether a schema asks for a file, or a list of files. */
export function isFileShape(shape: Shape): boolean {
	const core = coreShape(shape);
	const item = core.items === undefined ? core : coreShape(core.items);
	return item.kind === "file";
}

/** Tells whether a schema asks for the bytes of files, and for none as it is. */
export function wantsBytes(shape: Shape): boolean {
	return someShape(shape, isBytes) && !someShape(shape, isFile);
}

function isFile({ kind }: Shape): boolean {
	return kind === "file";
}

function isBytes({ kind }: Shape): boolean {
	return kind === "bytes";
}

/**
 * A file comes in a form only, and `File()` takes nothing else.
 *
 * @throws SetupError `VIV_PARAMETER`
 */
export function assertFiles(
	{
		key,
		source,
		compiled: { shape },
	}: {
		readonly key: string;
		readonly source: ParameterSource;
		readonly compiled: { readonly shape: Shape };
	},
	{ where }: { readonly where: string },
): void {
	if (source === "form") {
		return;
	}
	if (source === "file") {
		if (!isFileShape(shape) && !wantsBytes(shape)) {
			throw new SetupError(
				"VIV_PARAMETER",
				`${where}: File() of "${key}" has a schema that takes no file; write File(z.file()), File(z.instanceof(Uint8Array)), a list of these, or Form().`,
			);
		}
		return;
	}
	if (someShape(shape, isFile)) {
		throw new SetupError(
			"VIV_PARAMETER",
			`${where}: "${key}" asks for a file, but is read from ${source === "body" ? "a JSON body" : `the ${source}`}; declare it with File(), or the whole object with Form().`,
		);
	}
}
