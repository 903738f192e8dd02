/** Where an error comes from that nobody has caught. */
export type ErrorOrigin = "uncaughtException" | "unhandledRejection";

/** Called for each; `isFirst` is true for one of the listeners, the one that tells it. */
type ErrorListener = (
	error: unknown,
	origin: ErrorOrigin,
	isFirst: boolean,
) => void;

const listeners = new Set<ErrorListener>();

/**
 * Calls `listener` for errors and rejections that nobody has caught, in place of the sudden end of the process.
 *
 * @returns ends that
 */
export function listenToErrors(listener: ErrorListener): () => void {
	if (listeners.size === 0) {
		process.on("uncaughtException", hearError);
		process.on("unhandledRejection", hearRejection);
	}
	listeners.add(listener);
	return () => {
		if (!listeners.delete(listener) || listeners.size > 0) {
			return;
		}
		process.off("uncaughtException", hearError);
		process.off("unhandledRejection", hearRejection);
	};
}

/** For messages: what an error of that origin is called. */
export function originName(origin: ErrorOrigin): string {
	return origin === "uncaughtException"
		? "an uncaught error"
		: "an unhandled rejection";
}

function hearError(error: unknown): void {
	hear(error, "uncaughtException");
}

function hearRejection(reason: unknown): void {
	hear(reason, "unhandledRejection");
}

function hear(error: unknown, origin: ErrorOrigin): void {
	let isFirst = true;
	for (const listener of [...listeners]) {
		listener(error, origin, isFirst);
		isFirst = false;
	}
}
