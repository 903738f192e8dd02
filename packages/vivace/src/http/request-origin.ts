// RFC 3986 §3.2.2: a name, an IPv4 address or an IPv6 address in brackets, then the port
const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._~!$&'()*+,;=%-]+)(?::[0-9]{0,5})?$/i;

/**
 * The origin at which a client reached us, without a final slash: `https://example.com:8443`. A missing or malformed `Host`
 * counts as `localhost`.
 */
export function requestOrigin(
	scheme: "http" | "https",
	host: string | undefined,
): string {
	const isUsable = host !== undefined && HOST.test(host);
	return `${scheme}://${isUsable ? host : "localhost"}`;
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
