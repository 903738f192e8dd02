import type { CompiledSchema } from "./compiled-schema.ts";
import { compileJsonReader } from "./json-reader.ts";
import { compileLargeReader, largeSize } from "./large-values.ts";
import type { SchemaUse } from "./schema-use.ts";
import type { AbsentValue } from "./shape/absent-value.ts";
import { compileIsLarge } from "./shape/sample.ts";
import { completion } from "./value-parsers.ts";

/** The reader of JSON. */
export function compileJsonParser(
	use: SchemaUse,
	absent: AbsentValue,
): CompiledSchema["parseJson"] {
	const read = compileJsonReader(use);
	const complete = completion(use);
	const { dropsUnknown } = use.library;
	const isLarge = compileIsLarge(use.input, dropsUnknown, largeSize);
	const readLarge = compileLargeReader(use, read);
	const copyPlain = use.plainCopier;
	return (value, loc, options = {}) => {
		if (value === undefined) {
			return absent.parse(loc);
		}
		const copy = copyPlain?.(value);
		if (copy !== undefined) {
			return complete === undefined
				? { value: copy }
				: complete({ value: copy });
		}
		const parsed =
			options.isShort !== true && isLarge?.(value) === true
				? readLarge(value, loc, options)
				: read(value, value, loc, options);
		return complete === undefined ? parsed : complete(parsed);
	};
}
