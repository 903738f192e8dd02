/**
 * Gives what a schema gives for a value of JSON that nobody else holds: the value itself where it is right as it stands, else a copy of what
 * differs; `undefined` says nothing: ask the schema. The value is never changed.
 */
export type PlainKeeper = (value: unknown) => unknown;

/** The keeper of one schema within another. */
export interface KeptPart {
	/** The scalar that is tested where it stands: whom a call reaches the compiler can't know. `keep` is asked about any other. */
	readonly test: ScalarTest;
	readonly mayBeNull: boolean;
	/** Of a value that is not null. */
	readonly keep: PlainKeeper;
	/** False for what the schema surely refuses, also where a conversion is tried. */
	readonly mayFit: (value: unknown) => boolean;
	/** True where values are kept as they are or not at all. */
	readonly isScalar: boolean;
}

export interface KeptField extends KeptPart {
	readonly name: string;
	readonly mayBeAbsent: boolean;
	/** True where it is null if it is absent. */
	readonly isFilled: boolean;
}

export type ScalarTest = (typeof scalarTests)[keyof typeof scalarTests];

/** Numbers, for V8 compares texts in twice the time. */
export const scalarTests = {
	none: 0,
	text: 1,
	number: 2,
	integer: 3,
	boolean: 4,
} as const;

/** Gives the value of a part as {@link PlainKeeper} does. */
export function kept(part: KeptPart, value: unknown): unknown {
	if (value === null && part.mayBeNull) {
		return null;
	}
	switch (part.test) {
		case scalarTests.text:
			return typeof value === "string" ? value : undefined;
		case scalarTests.number:
			return Number.isFinite(value) ? value : undefined;
		case scalarTests.integer:
			return Number.isSafeInteger(value) ? value : undefined;
		case scalarTests.boolean:
			return typeof value === "boolean" ? value : undefined;
		default:
			return part.keep(value);
	}
}

/**
 * The keeper of a list with so many items.
 *
 * @param copies an item that is not right as it stands is copied, however many there are; else the schema is asked about more than a few
 */
export function keepList(
	item: KeptPart,
	hasSize: ((list: readonly unknown[]) => boolean) | undefined,
	copies: boolean,
): PlainKeeper {
	return (value) => {
		if (!Array.isArray(value) || hasSize?.(value) === false) {
			return undefined;
		}
		for (let index = 0; index < value.length; index++) {
			const given: unknown = value[index];
			const member = kept(item, given);
			if (member === undefined) {
				return undefined;
			}
			if (member !== given) {
				return copies || value.length <= fewItems
					? copyItems(value, index, member, () => item)
					: undefined;
			}
		}
		return value;
	};
}

/** Of more items a library may make copies sooner: what is around it takes a call of the schema anyway. */
export const fewItems = 16;

/** The keeper of a list with an item for each of these. */
export function keepTuple(items: readonly KeptPart[]): PlainKeeper {
	return (value) => {
		if (!Array.isArray(value) || value.length !== items.length) {
			return undefined;
		}
		for (let index = 0; index < items.length; index++) {
			const given: unknown = value[index];
			const member = kept(items[index] as KeptPart, given); // it has as many
			if (member !== given) {
				return copyItems(value, index, member, (at) => items[at]);
			}
		}
		return value;
	};
}

/** Goes on with a list from an index, whose member is known. */
function copyItems(
	list: readonly unknown[],
	start: number,
	first: unknown,
	partOf: (index: number) => KeptPart | undefined,
): readonly unknown[] | undefined {
	const copy = list.slice(0, start);
	for (let index = start; index < list.length; index++) {
		const part = partOf(index);
		const member = index === start ? first : part && kept(part, list[index]);
		if (member === undefined) {
			return undefined;
		}
		copy.push(member);
	}
	return copy;
}

/** The keeper of an object whose names and values are all of a kind. */
export function keepRecord(
	hasName: (name: string) => boolean,
	part: KeptPart,
): PlainKeeper {
	return (value) => {
		if (!isMembers(value)) {
			return undefined;
		}
		let copy: Record<string, unknown> | undefined;
		for (const name in value) {
			const given = value[name];
			const member = kept(part, given);
			// libraries leave `__proto__` out
			if (member === undefined || name === "__proto__" || !hasName(name)) {
				return undefined;
			}
			if (member !== given) {
				copy ??= { ...value };
				copy[name] = member;
			}
		}
		return copy ?? value;
	};
}

/**
 * The keeper of an object. Right as it stands is one whose names are in the order of the fields, as the schema would give them.
 *
 * @param dropsOthers what has no field is left out; else the schema is asked about it
 */
export function keepObject(
	fields: readonly KeptField[],
	dropsOthers: boolean,
): PlainKeeper {
	const copy = dropsOthers ? compileCopy(fields) : askSchema;
	return (value) => {
		// isMembers, without a call more for each body
		if (typeof value !== "object" || value === null || Array.isArray(value)) {
			return undefined;
		}
		let index = 0;
		const members = value as Members;
		for (const name in members) {
			let field = fields[index];
			while (field !== undefined && field.name !== name) {
				if (!isLeftOut(field) || field.name in members) {
					return copy(members, index);
				}
				index++;
				field = fields[index];
			}
			if (field === undefined) {
				return copy(members, index);
			}
			const given = members[name];
			const member = kept(field, given);
			if (member !== given) {
				return member === undefined ? undefined : copy(members, index, member);
			}
			index++;
		}
		return index === fields.length || fields.slice(index).every(isLeftOut)
			? value
			: copy(members, index);
	};
}

function isLeftOut({ mayBeAbsent, isFilled }: KeptField): boolean {
	return mayBeAbsent && !isFilled;
}

/**
 * Goes on with an object from the field at an index: those before it were kept as they are, or are not there. No member is kept twice, or deep
 * objects would take twice as long with each level.
 */
type ObjectCopy = (value: Members, index: number, member?: unknown) => unknown;

const askSchema: ObjectCopy = () => undefined;

function compileCopy(fields: readonly KeptField[]): ObjectCopy {
	return (value, start, first) => {
		const copy: Record<string, unknown> = {};
		for (let index = 0; index < fields.length; index++) {
			const field = fields[index] as KeptField; // there are as many
			const { name, mayBeAbsent, isFilled } = field;
			const given = value[name];
			if (given === undefined) {
				if (isFilled) {
					copy[name] = null;
				} else if (!mayBeAbsent) {
					return undefined;
				}
				continue;
			}
			const isKnown = index < start || (index === start && first !== undefined);
			const member = isKnown
				? index < start
					? given
					: first
				: kept(field, given);
			if (member === undefined) {
				return undefined;
			}
			copy[name] = member;
		}
		return copy;
	};
}

/** The keeper of what is one of several objects, told apart by the text of one name. */
export function keepTagged(
	name: string,
	parts: ReadonlyMap<unknown, KeptPart>,
): PlainKeeper {
	return (value) => {
		const part = isMembers(value) ? parts.get(value[name]) : undefined;
		return part && kept(part, value);
	};
}

/** The keeper of what is one of several: of the only one that may fit, or of any scalar, since each keeps it as it is. */
export function keepUnion(parts: readonly KeptPart[]): PlainKeeper {
	return (value) => {
		let only: KeptPart | undefined;
		for (const part of parts) {
			if (!mayFit(part, value)) {
				continue;
			}
			if (only !== undefined) {
				return keptScalar(parts, value);
			}
			only = part;
		}
		return only === undefined ? undefined : kept(only, value);
	};
}

/** False for what a part surely refuses. */
export function mayFit(part: KeptPart, value: unknown): boolean {
	return (value === null && part.mayBeNull) || part.mayFit(value);
}

function keptScalar(parts: readonly KeptPart[], value: unknown): unknown {
	const fitting = parts.filter((part) => mayFit(part, value));
	return fitting.every(({ isScalar }) => isScalar) &&
		fitting.some((part) => kept(part, value) !== undefined)
		? value
		: undefined;
}

type Members = Readonly<Record<string, unknown>>;

/** Tells whether a value of JSON is an object. */
export function isMembers(value: unknown): value is Members {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
