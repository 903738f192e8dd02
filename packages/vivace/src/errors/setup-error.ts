import { beginAtProgram } from "./program-stack.ts";

/**
 * The codes of the programmer's errors. Each has a page in `docs/errors` and a test.
 */
export const setupErrorCodes = [
	"VIV_PATH",
	"VIV_ROUTE",
	"VIV_PARAMETER",
	"VIV_SCHEMA",
	"VIV_OPTION",
	"VIV_DEPENDENCY",
	"VIV_SCOPE",
	"VIV_SECURITY",
	"VIV_CYCLE",
	"VIV_LIFESPAN",
	"VIV_RESPONSE",
	"VIV_SETTINGS",
	"VIV_LISTEN",
	"VIV_MIGRATION",
] as const;

/** One of the codes of {@link setupErrorCodes}. */
export type SetupErrorCode = (typeof setupErrorCodes)[number];

/**
 * A mistake in the program, found when the app is built or started, never by a client's request.
 *
 * The message is one sentence that names the place, what was expected, what came and what to do; its stack begins at the line of the
 * program that has it.
 */
export class SetupError extends Error {
	override readonly name: string = "SetupError";
	/** Stable name of the mistake, for instance `VIV_SCOPE`. */
	readonly code: SetupErrorCode;
	/** The page of the installed package that explains the code: cause and remedy. */
	readonly help: string;

	constructor(code: SetupErrorCode, message: string, options?: ErrorOptions) {
		super(`${code}: ${message}`, options);
		this.code = code;
		this.help = `node_modules/vivace/docs/errors/${code.toLowerCase()}.md`;
		beginAtProgram(this);
	}
}

const mark = Symbol.for("vivace.setupError");

// Those of vivace-database too, which does not know this class; LifespanError inherits it, and means its own.
Object.defineProperty(SetupError, Symbol.hasInstance, {
	value(this: unknown, value: unknown): boolean {
		const isMarked =
			this === SetupError &&
			typeof value === "object" &&
			value !== null &&
			mark in value;
		return isMarked || Function.prototype[Symbol.hasInstance].call(this, value);
	},
});

/** A {@link SetupError} about a lifespan function or a resource: its form, its start or its release. */
export class LifespanError extends SetupError {
	override readonly name = "LifespanError";
	/** The failures beside the `cause`, in the order in which they happened: other resources, releases. */
	readonly errors: readonly unknown[];

	constructor(
		message: string,
		options: ErrorOptions & { readonly errors?: readonly unknown[] } = {},
	) {
		super(
			"VIV_LIFESPAN",
			message,
			"cause" in options ? { cause: options.cause } : undefined,
		);
		this.errors = options.errors ?? [];
	}
}
