const pattern = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/i;

/** True for a token as HTTP has it (RFC 9110 §5.6.2): a method, a header's name, a subprotocol. */
export function isToken(value: unknown): value is string {
	return typeof value === "string" && pattern.test(value);
}
