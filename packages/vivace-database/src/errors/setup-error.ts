import { beginAtProgram } from "./program-stack.ts";

/** The codes of the programmer's errors; `docs/errors` explains each. */
export type SetupErrorCode = "VIV_OPTION" | "VIV_MIGRATION";

/**
 * A mistake in the program, found when a database is declared or opened. Its stack begins at the line of the program that has it.
 *
 * The framework's class of the same name takes it for one of its own (`instanceof`): neither package needs the other for that.
 */
export class SetupError extends Error {
	override readonly name: string = "SetupError";
	/** Stable name of the mistake. */
	readonly code: SetupErrorCode;

	constructor(code: SetupErrorCode, message: string, options?: ErrorOptions) {
		super(`${code}: ${message}`, options);
		this.code = code;
		Object.defineProperty(this, mark, { value: true });
		beginAtProgram(this);
	}
}

const mark: unique symbol = Symbol.for("vivace.setupError") as never;
