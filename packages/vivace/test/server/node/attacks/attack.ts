/** One thing that somebody sends on a connection of his own, and the answers to it. */
export type Attack = readonly [
	name: string,
	/** As it stands on the wire: Latin-1, the ends of lines written out. */
	bytes: string,
	/**
	 * A status, or of a 200 what the server understood, `METHOD target body`. `open` stands last where the connection goes on to another request; else
	 * it is closed.
	 */
	...answers: readonly (string | number)[],
];

/** The one that all requests have. */
export const host = "Host: a\r\n";

/** A request without a body: its line, then fields with their ends of lines. */
export function get(line: string, fields: string = host): string {
	return `${line}\r\n${fields}\r\n`;
}

/** A POST with fields about its body, and the body. */
export function post(fields: string, body: string): string {
	return `POST / HTTP/1.1\r\n${host}${fields}\r\n${body}`;
}

export const length3 = "Content-Length: 3\r\n";
export const chunked = "Transfer-Encoding: chunked\r\n";
/** `abc` in chunks. */
export const abc = "3\r\nabc\r\n0\r\n\r\n";
/** A request that must not be found within another one. */
export const hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";
