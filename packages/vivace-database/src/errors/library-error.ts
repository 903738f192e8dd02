import { ConstraintError } from "./constraint-error.ts";

/** An error that another library is given in place of ours, because it looks for the fields of its driver's. */
export class LibraryError extends Error {
	/** The error as the session knows it. */
	override readonly cause: unknown;
	/** Prisma makes an error of its own of one that has a code, and takes this over. */
	readonly meta: { readonly databaseError: Error };

	constructor(error: Error, hasSeverity: boolean) {
		const shown =
			error instanceof ConstraintError && error.cause instanceof Error
				? error.cause
				: error;
		super(error.message);
		// `Object.keys` of a driver's error are its fields; a library that makes its own of them copies `cause`, too
		Object.assign(this, shown);
		this.name = shown.name;
		this.stack = error.stack ?? "";
		this.cause = error;
		this.meta = { databaseError: error };
		if (!hasSeverity) {
			Reflect.deleteProperty(this, "severity");
		}
		given.add(error);
	}
}

/** Those that {@link LibraryError} stands for. */
const given = new WeakSet<object>();

/**
 * The database's error behind that of a library (Drizzle, MikroORM, Prisma) which got it through a pool of ours; any other error as it is. An
 * error of the program is its own affair, whatever its `cause`.
 */
export function behindLibrary(error: unknown): unknown {
	if (typeof error !== "object" || error === null) {
		return error;
	}
	if (error instanceof LibraryError) {
		return error.cause;
	}
	const { cause } = error as { readonly cause?: unknown };
	if (cause instanceof LibraryError) {
		return cause.cause;
	}
	const isCopy = typeof cause === "object" && cause !== null;
	if (isCopy && given.has(cause)) {
		return cause;
	}
	return behindPrisma(error) ?? error;
}

/** Of an error of a statement's own Prisma keeps what its adapter has read, of any other one `meta`. */
function behindPrisma(error: object): object | undefined {
	const { meta } = error as {
		readonly meta?: {
			readonly databaseError?: unknown;
			readonly driverAdapterError?: { readonly cause?: Told };
		};
	};
	if (given.has(Object(meta?.databaseError))) {
		return meta?.databaseError as Error;
	}
	const told = meta?.driverAdapterError?.cause;
	const code = told?.originalCode ?? told?.code;
	return typeof code === "string"
		? { code, severity: "ERROR", message: told?.originalMessage }
		: undefined;
}

interface Told {
	readonly originalCode?: unknown;
	readonly originalMessage?: unknown;
	readonly code?: unknown;
}
