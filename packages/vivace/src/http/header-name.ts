/** The header that a name in code stands for: `user_agent` and `userAgent` → `user-agent`. */
export function headerName(key: string): string {
	return key
		.replaceAll("_", "-")
		.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`)
		.toLowerCase();
}
