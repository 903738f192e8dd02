import type { MarkedSchema } from "../../shape/marks.ts";

/**
 * The schema of what fits all members. Plain objects become one object, so that a strict one does not refuse the others' fields; a union
 * among them becomes a union of such objects. Else: `allOf`.
 */
export function foldObjects(members: readonly MarkedSchema[]): MarkedSchema {
	const flat = members.flatMap((member) =>
		Array.isArray(member.allOf) && Object.keys(member).length === 1
			? (member.allOf as MarkedSchema[])
			: [member],
	);
	const union = flat.find((member) => unionMembers(member) !== undefined);
	if (union !== undefined) {
		const rest = flat.filter((member) => member !== union);
		const branches = unionMembers(union)?.map((branch) =>
			merged([...rest, branch]),
		);
		return branches?.every((branch) => branch !== undefined)
			? { anyOf: branches }
			: { allOf: flat };
	}
	return merged(flat) ?? { allOf: flat };
}

function unionMembers(
	member: MarkedSchema,
): readonly MarkedSchema[] | undefined {
	const [only, ...more] = Object.keys(member);
	return more.length === 0 && (only === "anyOf" || only === "oneOf")
		? (member[only] as MarkedSchema[])
		: undefined;
}

const objectKeywords = new Set([
	"type",
	"properties",
	"required",
	"additionalProperties",
]);

type Properties = Readonly<Record<string, MarkedSchema>>;

/** One object for several; `undefined` if one of them says more than an object's fields. */
function merged(members: readonly MarkedSchema[]): MarkedSchema | undefined {
	const isPlain = members.every(
		(member) =>
			member.type === "object" &&
			Object.keys(member).every((keyword) => objectKeywords.has(keyword)),
	);
	if (!isPlain) {
		return undefined;
	}
	const properties: Record<string, MarkedSchema> = {};
	for (const member of members) {
		for (const [name, field] of Object.entries(
			(member.properties ?? {}) as Properties,
		)) {
			const before = properties[name];
			properties[name] =
				before === undefined || before === field
					? field
					: foldObjects([before, field]);
		}
	}
	const required = new Set(
		members.flatMap((member) => (member.required ?? []) as string[]),
	);
	const others = members
		.map(({ additionalProperties }) => additionalProperties)
		.filter((other) => typeof other === "object");
	const isClosed = members.every(
		({ additionalProperties }) => additionalProperties === false,
	);
	return {
		type: "object",
		properties,
		...(required.size > 0 && { required: [...required] }),
		...(isClosed && { additionalProperties: false }),
		...(others.length === 1 && { additionalProperties: others[0] }),
		...(others.length > 1 && { additionalProperties: { allOf: others } }),
	};
}
