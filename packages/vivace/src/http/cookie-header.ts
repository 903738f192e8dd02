/**
 * The cookies of a `Cookie` header by name, read as Starlette reads them: the last of the same name wins, a piece without `=`
 * is a value without a name, and a value in double quotes is unquoted as Python's `http.cookies` does. Nothing is
 * percent-decoded.
 */
export function parseCookieHeader(
	header: string,
): Readonly<Record<string, string>> {
	const cookies: Record<string, string> = Object.create(null);
	for (const piece of header.split(";")) {
		const equals = piece.indexOf("=");
		const name = equals === -1 ? "" : piece.slice(0, equals).trim();
		const value = piece.slice(equals + 1).trim();
		if (name !== "" || value !== "") {
			cookies[name] = unquoteCookie(value);
		}
	}
	return cookies;
}

function unquoteCookie(value: string): string {
	if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) {
		return value;
	}
	return value
		.slice(1, -1)
		.replaceAll(/\\(?:([0-3][0-7][0-7])|(.))/gs, (_, octal, escaped) =>
			octal === undefined ? escaped : String.fromCharCode(parseInt(octal, 8)),
		);
}
