interface Log {
	info(message: string): void;
	warn(message: string, error?: unknown): void;
	error(message: string, error?: unknown): void;
}

/**
 * A program's log whose calls do not throw: who writes a line is in the middle of something that must go on, an answer or the end of a request.
 * That it fails is told once, on the console, with the line that is missing in it.
 */
export function unfailing(log: Log): Log {
	let isTold = false;
	const attempt = (write: () => void, message: string): void => {
		try {
			write();
		} catch (failure) {
			if (!isTold) {
				isTold = true;
				console.error(`the log failed, and has no line "${message}":`, failure);
			}
		}
	};
	return {
		info: (message) => attempt(() => log.info(message), message),
		warn: (...line) => attempt(() => log.warn(...line), line[0]),
		error: (...line) => attempt(() => log.error(...line), line[0]),
	};
}
