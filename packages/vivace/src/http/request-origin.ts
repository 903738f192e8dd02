// RFC 3986 §3.2.2: a name, an IPv4 address or an IPv6 address in brackets, then the port
const hostPattern =
	/^(?:\[[0-9a-f:.]+\]|[a-z0-9._~!$&'()*+,;=%-]+)(?::[0-9]{0,5})?$/i;

/**
 * The origin at which a client reached us, without a final slash: `https://example.com:8443`. A missing or malformed `Host`
 * counts as `localhost`.
 */
export function requestOrigin(
	scheme: "http" | "https",
	host: string | undefined,
): string {
	const isUsable = host !== undefined && isHost(host);
	return `${scheme}://${isUsable ? host : "localhost"}`;
}

/** A base at another host, with its own port where the host names none. */
export function atHost(base: string, host: string): string {
	const { protocol, port, pathname } = new URL(base);
	const ownPort = port === "" || /:\d+$/.test(host) ? "" : `:${port}`;
	return `${protocol}//${host}${ownPort}${pathname.replace(/\/$/, "")}`;
}

/** True for a well-formed value of `Host`. */
export function isHost(value: string): boolean {
	return hostPattern.test(value);
}

/** The host and port in a target in absolute form; `undefined` for other forms. */
export function authorityOf(target: string): string | undefined {
	return /^https?:\/\/([^/?#]*)/i.exec(target)?.[1];
}

/**
 * Path and query of a request line's target in absolute form (RFC 9112 §3.2.2): `http://example.com/a?b` becomes `/a?b`.
 * Other forms come back as they are.
 */
export function originForm(target: string): string {
	const authority = /^https?:\/\/[^/?#]*/i.exec(target);
	if (authority === null) {
		return target;
	}
	const rest = target.slice(authority[0].length);
	return rest.startsWith("/") ? rest : `/${rest}`;
}

/** True for an origin as browsers send it: in lower case, without a default port or a path; also one of an app, `capacitor://localhost`. */
export function isOrigin(value: unknown): value is string {
	if (
		typeof value !== "string" ||
		!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*\\]+$/.test(value)
	) {
		return false;
	}
	const origin = URL.parse(value)?.origin;
	return origin === value || origin === "null"; // "null" for schemes that are not the web's
}

/** Says what to write instead of a text that is no origin. */
export function originRemedy(value: unknown): string {
	const meant =
		typeof value === "string" ? URL.parse(value)?.origin : undefined;
	return isOrigin(meant)
		? `write ${JSON.stringify(meant)}`
		: 'write scheme, host and perhaps a port: "https://shop.example"';
}

/** True for a page of the host that was asked. The default port may be named: a proxy may hand on `Host` with it, browsers leave it out. */
export function isOriginOfHost(
	origin: string,
	host: string | undefined,
): boolean {
	const [, scheme, own] = /^(https?):\/\/([^/?#@\s]+)$/i.exec(origin) ?? [];
	if (own === undefined || host === undefined) {
		return false;
	}
	const port = scheme?.toLowerCase() === "https" ? /:443$/ : /:80$/;
	const bare = (text: string) => text.toLowerCase().replace(port, "");
	return bare(own) === bare(host);
}
