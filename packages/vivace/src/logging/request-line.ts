import type { styleText } from "node:util";
import type { RequestLogEntry } from "./request-log.ts";

type Style = Parameters<typeof styleText>[0];

/** A request as a line for people: `12:04:31.207 GET /items/x 422 1.3 ms · query.q: Field required`. */
export function requestLine(entry: RequestLogEntry): string {
	const { time, method, path, status, durationMs, reason } = entry;
	const { level, requestId } = entry;
	const { styleText } = process.getBuiltinModule("node:util");
	const parts = [
		styleText("dim", clock(time)),
		styleText("bold", method),
		visible(path),
		styleText(styles[level], status === undefined ? "–" : String(status)),
		styleText("dim", duration(durationMs)),
	];
	if (reason !== undefined) {
		parts.push(styleText("dim", "·"), visible(shortened(reason)));
	}
	if (requestId !== undefined) {
		parts.push(styleText("dim", `[${requestId}]`));
	}
	return parts.join(" ");
}

const styles: Readonly<Record<RequestLogEntry["level"], Style>> = {
	info: "green",
	warn: "yellow",
	error: "red",
};

function clock(time: Date): string {
	const part = (value: number, digits = 2) =>
		String(value).padStart(digits, "0");
	return `${part(time.getHours())}:${part(time.getMinutes())}:${part(time.getSeconds())}.${part(time.getMilliseconds(), 3)}`;
}

/** `0.4 ms`, `12 ms`, `3.2 s`. */
function duration(ms: number): string {
	if (ms < 1000) {
		return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
	}
	return `${(ms / 1000).toFixed(1)} s`;
}

function shortened(text: string): string {
	return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

/** Escapes control characters, so that a client can't move the cursor, colour the terminal or begin another line. */
function visible(text: string): string {
	return text.replaceAll(
		/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
		(character) =>
			`\\u{${character.codePointAt(0)?.toString(16).toUpperCase()}}`,
	);
}
