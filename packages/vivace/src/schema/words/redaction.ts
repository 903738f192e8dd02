import { type Shape, someShape, tagValues } from "../shape/shape.ts";
import { WalkMemory } from "../shape/walk-memory.ts";

/** Gives a value without what its shape marks as secret; the value itself if nothing in it is. */
export function withoutSecrets(shape: Shape, value: unknown): unknown {
	if (typeof value !== "object" || value === null) {
		return value;
	}
	if (!someShape(shape, ({ isSecret }) => isSecret)) {
		return value;
	}
	return redact(shape, value);
}

/** Tells whether a shape is secret itself, also where it merely refers to one that is. */
export function isSecretShape(shape: Shape): boolean {
	return shape.isSecret || shape.members.some(isSecretMember);
}

// a union may hold itself: one level is enough, a deeper one is a member of a member
function isSecretMember(shape: Shape): boolean {
	return (
		shape.isSecret ||
		(shape.members.length === 1 && shape.members[0]?.isSecret === true)
	);
}

/** `undefined` stands for what must not be shown. */
function redact(shape: Shape, value: unknown): unknown {
	if (shape.isSecret) {
		return undefined;
	}
	if (typeof value !== "object" || value === null || isBinary(shape)) {
		return value;
	}
	if (shape.kind === "union") {
		return redactUnion(shape, value);
	}
	if (Array.isArray(value)) {
		return value
			.map((item, index) => redactItem(shape, item, index))
			.filter(
				(item, index) => item !== undefined || value[index] === undefined,
			);
	}
	return redactObject(shape, value as Readonly<Record<string, unknown>>);
}

/** An upload, or its bytes: nothing in it has a shape of its own. */
function isBinary({ kind }: Shape): boolean {
	return kind === "file" || kind === "bytes";
}

function redactItem(shape: Shape, item: unknown, index: number): unknown {
	const itemShape = shape.positions[index] ?? shape.items;
	return itemShape === undefined ? item : redact(itemShape, item);
}

function redactObject(
	shape: Shape,
	value: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
	const shown: [string, unknown][] = [];
	for (const [name, item] of Object.entries(value)) {
		const field = shape.fields.get(name) ?? shape.items;
		const visible = field === undefined ? item : redact(field, item);
		if (visible !== undefined) {
			shown.push([name, visible]);
		}
	}
	return Object.fromEntries(shown);
}

const redacted = new WalkMemory<unknown>();

/** Where it is not known which member is meant, what is secret in any of them is left out. */
function redactUnion(shape: Shape, value: unknown): unknown {
	return redacted.once(shape, value, () => {
		const shown = membersMeant(shape, value).reduce(
			(visible: unknown, member) => redact(member, visible),
			value,
		);
		// nothing secret is left in it for the next member that holds it
		return redacted.once(shape, shown, () => shown);
	});
}

function membersMeant(shape: Shape, value: unknown): readonly Shape[] {
	const { discriminator } = shape;
	if (discriminator === undefined) {
		return shape.members;
	}
	const tag = (value as Readonly<Record<string, unknown>>)[discriminator];
	const meant = shape.members.filter((member) =>
		tagValues(member, discriminator).includes(tag),
	);
	return meant.length === 0 ? shape.members : meant;
}
