import { SetupError, type SetupErrorCode } from "../errors/setup-error.ts";

/**
 * A fault that the lifespan itself finds with a resource: the predicate of a sentence whose subject is the resource, for instance
 * "was not acquired within 100 ms". Never leaves the room: it becomes a `LifespanError` with the resource's name.
 */
export class ResourceProblem extends Error {
	override readonly name = "ResourceProblem";
	/** True when the program is wrong, so that trying again is of no use. */
	readonly isMistake: boolean;

	constructor(
		message: string,
		options: ErrorOptions & { readonly isMistake?: boolean } = {},
	) {
		super(message, "cause" in options ? { cause: options.cause } : undefined);
		this.isMistake = options.isMistake ?? false;
	}
}

/** Setup errors of what may still change while the app starts: a port that another program has, migrations that a deployment is running. */
const healing: ReadonlySet<string> = new Set<SetupErrorCode>([
	"VIV_LISTEN",
	"VIV_MIGRATION",
	"VIV_LIFESPAN",
]);

/** True when trying again is of no use: a mistake in the program, or a package that is not installed. */
export function isMistake(error: unknown): boolean {
	return error instanceof SetupError
		? !healing.has(error.code)
		: error instanceof ResourceProblem && error.isMistake;
}

/** The words of any thrown value. */
export function messageOf(error: unknown): string {
	if (!(error instanceof Error)) {
		return String(error);
	}
	if (error.message !== "") {
		return error.message;
	}
	// Node's connection errors to several addresses have no message of their own.
	if (error instanceof AggregateError && error.errors.length > 0) {
		return error.errors.map(messageOf).join("; ");
	}
	return error.name;
}

/** The words of any error about a resource, as a predicate: `failed: connect ECONNREFUSED`. */
export function predicateOf(error: unknown): string {
	return error instanceof ResourceProblem
		? error.message
		: `failed: ${messageOf(error)}`;
}
