/** A `Set-Cookie` header in its parts. */
export interface CookieParts {
	/** Empty for a header without `=`. */
	readonly name: string;
	readonly value: string;
	/** By their names in lower case; the last one of a name counts. */
	readonly attributes: ReadonlyMap<string, string>;
}

/** Takes a `Set-Cookie` header apart (RFC 6265 §5.2, with the cookies without a name of RFC 6265bis). */
export function cookieAttributes(header: string): CookieParts {
	const [pair = "", ...rest] = header.split(";");
	const [name, value] = pair.includes("=")
		? splitPair(pair)
		: ["", pair.trim()];
	return {
		name,
		value,
		attributes: new Map(
			rest.map(splitPair).map(([key, text]) => [key.toLowerCase(), text]),
		),
	};
}

function splitPair(text: string): [name: string, value: string] {
	const equals = text.indexOf("=");
	return equals === -1
		? [text.trim(), ""]
		: [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
}

/** True when the host is the domain or stands below it; an address of numbers has nothing below it (RFC 6265 §5.1.3). */
export function domainMatches(host: string, domain: string): boolean {
	const isAddress = /^\[|^[\d.]+$/.test(host);
	return host === domain || (!isAddress && host.endsWith(`.${domain}`));
}

/** True when the request's path is the cookie's or stands below it (RFC 6265 §5.1.4). */
export function pathMatches(path: string, cookiePath: string): boolean {
	return (
		path === cookiePath ||
		(path.startsWith(cookiePath) &&
			(cookiePath.endsWith("/") || path[cookiePath.length] === "/"))
	);
}

/** The folder of the request's path, for a cookie that names no path (RFC 6265 §5.1.4). */
export function defaultPath(path: string): string {
	const end = path.lastIndexOf("/");
	return end <= 0 ? "/" : path.slice(0, end);
}
