/** Why browsers drop a cookie for how its name begins; `undefined` where they don't (RFC 6265bis §4.1.3). */
export function prefixMistake(
	name: string,
	secure: boolean,
	domain: string | undefined,
): string | undefined {
	const isHost = /^__host-/i.test(name);
	if ((isHost || /^__secure-/i.test(name)) && !secure) {
		return `the cookie "${name}" needs secure, or browsers drop it; take another cookieName.`;
	}
	return isHost && domain !== undefined
		? `the cookie "${name}" can't have a domain, or browsers drop it; take another cookieName.`
		: undefined;
}
