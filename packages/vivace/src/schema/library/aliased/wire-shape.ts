import { SetupError } from "../../../errors/setup-error.ts";
import type { Shape } from "../../shape/shape.ts";
import { unionMembers } from "./alias-tree.ts";
import { type AliasRule, wireNames } from "./field-names.ts";

type Draft = { -readonly [Key in keyof Shape]: Shape[Key] };

/**
 * The shape of what is received and sent: the fields by their names on the wire.
 *
 * @throws SetupError `VIV_SCHEMA` when two fields have one name there, or an alias is given to what is no field
 */
export function wireShape(shape: Shape, rule: AliasRule): Shape {
	const known = new Map<Shape, Shape>();
	const roots = new Set(unionMembers(shape));
	assertKnown(rule, [...roots]);
	const convert = (part: Shape): Shape => {
		const before = known.get(part);
		if (before !== undefined) {
			return before;
		}
		const draft: Draft = { ...part };
		known.set(part, draft); // before its parts: a shape may contain itself
		draft.members = part.members.map(convert);
		draft.positions = part.positions.map(convert);
		draft.items = part.items && convert(part.items);
		if (part.discriminator !== undefined) {
			const isRoot = roots.has(part);
			draft.discriminator = wireNames(part.discriminator, rule, isRoot)[0];
		}
		if (part.kind === "object") {
			renameFields(draft, part, roots.has(part));
		}
		return draft;
	};
	const renameFields = (draft: Draft, part: Shape, isRoot: boolean): void => {
		const fields = new Map<string, Shape>();
		const required = new Set<string>();
		const ownNames = new Map<string, string>();
		for (const [own, field] of part.fields) {
			const names = wireNames(own, rule, isRoot);
			for (const name of names) {
				const other = ownNames.get(name);
				if (other !== undefined) {
					throw sameName(name, other, own);
				}
				fields.set(name, convert(field));
				ownNames.set(name, part.ownNames?.get(own) ?? own);
			}
			// one that has several names need not be there by the first
			if (part.required.has(own) && names.length === 1) {
				required.add(names[0]);
			}
		}
		Object.assign(draft, { fields, required, ownNames });
	};
	return convert(shape);
}

function sameName(name: string, one: string, other: string): SetupError {
	return new SetupError(
		"VIV_SCHEMA",
		`the fields "${one}" and "${other}" of a schema with aliases are both called "${name}" on the wire; give one of them another name in aliases.`,
	);
}

function assertKnown(
	{ aliases = {} }: AliasRule,
	roots: readonly Shape[],
): void {
	const known = roots.flatMap(({ fields }) => [...fields.keys()]);
	const wrong = Object.keys(aliases).find((own) => !known.includes(own));
	if (wrong !== undefined) {
		throw new SetupError(
			"VIV_SCHEMA",
			`aliases names "${wrong}", which is no field of the schema; its fields are ${known.map((own) => `"${own}"`).join(", ") || "not known"}.`,
		);
	}
}
