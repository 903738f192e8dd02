import type { Answer } from "./answer.ts";

/** True when an answer with that status may have a body (RFC 9110 §6.4.1, §15.3.6): not 1xx, 204, 205 and 304. */
export function isBodyAllowed(status: number): boolean {
	return status >= 200 && status !== 204 && status !== 205 && status !== 304;
}

/** True when the body of an answer is sent: not to HEAD, and not with a status that has none. */
export function isBodySent(method: string, status: number): boolean {
	return method !== "HEAD" && isBodyAllowed(status);
}

/**
 * The headers to send as a flat list: name, value, name, value. It is the answer's own list with `content-length` put right, so
 * ask for it once, when nothing will be changed any more.
 *
 * `content-length` is added where `bodyLengthBytes` says it. One that the app has set stays for a stream and for an empty body
 * (the answer to a HEAD), is replaced where it is wrong, and goes away with a status that has no body (RFC 9110 §8.6), but for 205, which
 * says 0: clients wait for its body otherwise (RFC 9112 §6.3). For a stream without one the server frames the body itself
 * (`transfer-encoding: chunked` in HTTP/1.1); what the app has set of that, as who passes on another server's headers does, is not sent, nor is
 * the announcement of trailers.
 *
 * @param bodyLengthBytes length of the whole body, also if it is not sent, see `bodyLengthBytes()`; `undefined` for a stream
 */
export function headerLines(
	answer: Pick<Answer, "status" | "headers">,
	bodyLengthBytes: number | undefined,
): string[] {
	const { headers, status } = answer;
	const { lines } = headers;
	if (!isBodyAllowed(status)) {
		headers.delete("content-length");
		dropFraming(headers);
		if (status === 205) {
			lines.push("content-length", "0");
		}
		return lines;
	}
	const isUsual = lines.length === 2 && lines[0] === "content-type";
	if (!isUsual) {
		dropFraming(headers);
	}
	if (bodyLengthBytes === undefined) {
		return lines;
	}
	const length = String(bodyLengthBytes);
	if (isUsual) {
		lines.push("content-length", length);
		return lines;
	}
	const index = indexOfName(lines, "content-length");
	if (index === -1) {
		lines.push("content-length", length);
	} else if (bodyLengthBytes > 0) {
		lines[index + 1] = length;
	}
	return lines;
}

/** Lines of whoever frames the body, which is the server; none of them sends trailers, and Node fails where they are announced. */
function dropFraming(headers: Answer["headers"]): void {
	for (const name of ["transfer-encoding", "trailer"]) {
		if (indexOfName(headers.lines, name) !== -1) {
			headers.delete(name);
		}
	}
}

function indexOfName(lines: readonly string[], name: string): number {
	for (let index = 0; index < lines.length; index += 2) {
		if (lines[index] === name) {
			return index;
		}
	}
	return -1;
}
