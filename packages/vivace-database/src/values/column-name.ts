/** True when two names are one in snake case and in camel case. */
export function isSameName(left: string, right: string): boolean {
	return left === right || plainName(left) === plainName(right);
}

function plainName(name: string): string {
	return name.replaceAll("_", "").toLowerCase();
}
