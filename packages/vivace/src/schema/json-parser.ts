import type { CompiledSchema } from "./compiled-schema.ts";
import { compileJsonReader } from "./json-reader.ts";
import { compileLongReader, largeSize } from "./large-values.ts";
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
	const readLong = isLarge && compileLongReader(use, read, isLarge);
	const copyPlain = use.plainCopier;
	const keepPlain = use.validation.plainKeeper?.() ?? copyPlain;
	return (value, loc, options = {}) => {
		if (value === undefined) {
			return absent.parse(loc);
		}
		const plain = (options.isOwn === true ? keepPlain : copyPlain)?.(value);
		if (plain !== undefined) {
			return complete === undefined
				? { value: plain }
				: complete({ value: plain });
		}
		const parsed =
			options.isShort === true || readLong === undefined
				? read(value, value, loc, options)
				: readLong(value, loc, options);
		return complete === undefined ? parsed : complete(parsed);
	};
}
