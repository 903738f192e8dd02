import { assertArgument } from "../../errors/options.ts";
import type { ErrorWords } from "./error-words.ts";
import type { Problem, ProblemKind } from "./problem.ts";
import { valueError } from "./text-errors.ts";

/** The finding of a check of one's own: for `.refine` of Zod, as the message of a Valibot check, spread into an issue. */
export interface CustomError {
	/** Valibot's way to ask for a message. */
	(issue: object): string;
	readonly error: string;
	readonly params: CustomErrorParams;
}

/** The parameters that issues carry from a {@link customError} to the answer. */
export interface CustomErrorParams {
	readonly [customErrorMark]: true;
	readonly type: string;
	readonly message: string;
	readonly ctx: Readonly<Record<string, unknown>> | undefined;
}

/** One for all copies of the package in a process. */
const customErrorMark: unique symbol = Symbol.for("vivace.custom-error");

/** The names in braces of a message. */
type Placeholders<Message extends string> =
	Message extends `${string}{${infer Name}}${infer Rest}`
		? Name | Placeholders<Rest>
		: never;

type Context<Message extends string> = Readonly<
	Record<Placeholders<Message>, unknown> & Record<string, unknown>
>;

/**
 * An error type of one's own in the 422 body, where a check of one's own is a `value_error`: `type`, a message whose `{names}` are put in
 * from `ctx`, and `ctx` itself.
 *
 * @param type a machine-readable name, `not_in_stock`
 * @param message what a person reads; `{name}` stands for `ctx.name`
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { customError } from "vivace/schemas";
 * import { z } from "zod";
 *
 * const Size = z.int().superRefine((size, ctx) => {
 * 	if (size % 2 === 1) {
 * 		ctx.addIssue({
 * 			code: "custom",
 * 			...customError("odd_size", "{size} is odd, take {next}", { size, next: size + 1 }),
 * 		});
 * 	}
 * });
 * const Code = z.string().refine((code) => code.startsWith("a"), customError("wrong_code", "Codes begin with a"));
 *
 * const app = new App();
 * app.get("/", { size: Size, code: Code }, (values) => values);
 * ```
 * @see Pydantic, `PydanticCustomError`
 */
export function customError<const Message extends string>(
	type: string,
	message: Message,
	...[ctx]: [Placeholders<Message>] extends [never]
		? [ctx?: Readonly<Record<string, unknown>>]
		: [ctx: Context<Message>]
): CustomError {
	assertArgument("customError()", "type", type, "text");
	assertArgument("customError()", "message", message, "text");
	if (ctx !== undefined) {
		assertArgument("customError()", "ctx", ctx, "record");
	}
	const error = message.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
		ctx !== undefined && Object.hasOwn(ctx, name) ? String(ctx[name]) : whole,
	);
	const params: CustomErrorParams = {
		[customErrorMark]: true,
		type,
		message: error,
		ctx,
	};
	const told = (issue: object): string => {
		Object.assign(issue, { params });
		return error;
	};
	return Object.assign(told, { error, params });
}

/** The finding of the program's own check, with the parameters that {@link customError} has put into its issue. */
export function checkProblem(message: string, params: unknown): ProblemKind {
	if (
		typeof params === "object" &&
		params !== null &&
		customErrorMark in params
	) {
		const { type, message, ctx } = params as CustomErrorParams;
		return { about: "custom", type, message, ctx };
	}
	return { about: "other", message };
}

/** The words for what a check of the program's own has found; of a secret value without parameters, which may be that. */
export function ownWords(
	problem: Extract<Problem, { readonly about: "custom" | "other" }>,
	isSecret: boolean,
): ErrorWords {
	if (problem.about === "other") {
		return valueError(problem.message);
	}
	const { type, message, ctx } = problem;
	return { type, msg: message, ...(ctx !== undefined && !isSecret && { ctx }) };
}
