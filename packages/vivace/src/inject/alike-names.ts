import { isNear } from "../errors/options.ts";

/** True for names that differ in humps and underscores alone, or in one letter; a plural and another number are other names. */
export function isAlike(one: string, other: string): boolean {
	const [a, b] = [plain(one), plain(other)];
	if (a === b) {
		return true;
	}
	const isPlural = `${a}s` === b || a === `${b}s`;
	const isNumbered = a.replace(/\d+$/, "") === b.replace(/\d+$/, "");
	return (
		!isPlural && !isNumbered && Math.min(a.length, b.length) > 3 && isNear(a, b)
	);
}

function plain(name: string): string {
	return name.toLowerCase().replaceAll("_", "");
}
