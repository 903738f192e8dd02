import { RequestValidationError } from "../errors/validation-error.ts";
import { valueError } from "../schema/words/text-errors.ts";

/** The 422 for a list that is longer than what is answered where no page is asked for. */
export function tooLong(name: string, limit: number): RequestValidationError {
	const {
		type,
		msg,
		ctx = {},
	} = valueError(
		`the list has more than ${limit} items, which is too many for one answer: ask for pages by "${name}"`,
	);
	return new RequestValidationError([
		{ type, loc: ["query", name], msg, input: null, ctx },
	]);
}
