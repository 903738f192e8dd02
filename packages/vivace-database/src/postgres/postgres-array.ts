/** A list as it stands in an array's text: members are texts, null, or lists of a further dimension. */
export type ArrayMembers = readonly (string | null | ArrayMembers)[];

/**
 * Reads `{1,NULL,"a \"b\"",{2}}`, with bounds in front (`[0:1]=`) or without.
 *
 * @param decode makes a member of its text
 */
export function parseArray(
	text: string,
	decode: (member: string) => unknown,
): unknown[] {
	let at = text.startsWith("[") ? text.indexOf("=") + 1 : 0;

	const list = (): unknown[] => {
		const members: unknown[] = [];
		at++; // the brace
		while (text[at] !== "}") {
			if (text[at] === ",") {
				at++;
			}
			members.push(member());
		}
		at++;
		return members;
	};
	const member = (): unknown => {
		if (text[at] === "{") {
			return list();
		}
		if (text[at] === '"') {
			return decode(quoted());
		}
		const start = at;
		while (text[at] !== "," && text[at] !== "}") {
			at++;
		}
		const plain = text.slice(start, at);
		return plain === "NULL" ? null : decode(plain);
	};
	const quoted = (): string => {
		let value = "";
		for (at++; text[at] !== '"'; at++) {
			if (text[at] === "\\") {
				at++;
			}
			value += text[at];
		}
		at++;
		return value;
	};
	return text === "{}" ? [] : list();
}

/** Writes a list as the server reads it: every member is quoted, so that none is taken for `NULL`, a brace or a number. */
export function formatArray(members: ArrayMembers): string {
	const texts = members.map((member) =>
		member === null
			? "NULL"
			: typeof member === "string"
				? `"${member.replaceAll(/["\\]/g, "\\$&")}"`
				: formatArray(member),
	);
	return `{${texts.join(",")}}`;
}
