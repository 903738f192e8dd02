/** Why browsers drop a cookie for how its name begins; `undefined` where they don't (RFC 6265bis §4.1.3). */
export function prefixMistake(
	name: string,
	secure: boolean,
	domain: string | undefined,
	path: string | null = "/",
): string | undefined {
	const isHost = /^__host-/i.test(name);
	if ((isHost || /^__secure-/i.test(name)) && !secure) {
		return `the cookie "${name}" needs secure: true or another name, or browsers drop it`;
	}
	if (isHost && domain !== undefined) {
		return `the cookie "${name}" can't have a domain, or browsers drop it`;
	}
	return isHost && path !== "/"
		? `the cookie "${name}" needs path: "/" or another name, or browsers drop it`
		: undefined;
}
