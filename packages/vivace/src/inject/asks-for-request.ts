import type { InjectedFunction } from "./dependency.ts";
import { parameterTexts } from "./function-source.ts";

/**
 * True for a function that may look at what it is called with beside its record, the request: whatever its source does not rule out. It is not
 * ruled out for one whose source is hidden, as a bound function's is, nor where `arguments` or `eval` is written anywhere in it.
 */
export function asksForRequest(call: InjectedFunction): boolean {
	if (call.length > 1) {
		return true;
	}
	const source = Function.prototype.toString.call(call);
	if (/\b(?:arguments|eval)\b|\[native code\]/.test(source)) {
		return true;
	}
	const parameters = parameterTexts(call);
	return (
		parameters === undefined ||
		parameters.length > 1 ||
		parameters[0]?.startsWith("...") === true
	);
}
