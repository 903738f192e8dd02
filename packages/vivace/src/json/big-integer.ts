/** The text of a number as it stands in the answer (ECMAScript, "JSON.parse source text access"). */
const { rawJSON } = JSON as { rawJSON?: (text: string) => unknown };

/**
 * A bigint as `JSON.stringify` can write it: with its own digits, as Python writes its integers. Where the runtime can't do that, one
 * that a number does not hold exactly is a text, so that no digit is lost.
 */
export function jsonBigInt(value: bigint): unknown {
	const number = Number(value);
	if (Number.isSafeInteger(number)) {
		return number;
	}
	return rawJSON === undefined ? String(value) : rawJSON(String(value));
}
