import type { MarkedSchema } from "../shape/marks.ts";

type Member = readonly [name: string, value: unknown];

/** The names and values of an enum; one of TypeScript's with numbers also has its names by its numbers, which are left out. */
export function enumMembers(
	entries: Readonly<Record<string, unknown>>,
): readonly Member[] {
	const numbers = Object.values(entries).filter(
		(value) => typeof value === "number",
	);
	return Object.entries(entries).filter(
		([name]) => !numbers.includes(Number(name)),
	);
}

/** `x-enum-varnames` where values are numbers, which say nothing to who generates a client; texts are their own names. */
export function enumNames(members: readonly Member[]): MarkedSchema {
	return members.some(([, value]) => typeof value === "number")
		? { "x-enum-varnames": members.map(([name]) => name) }
		: {};
}
