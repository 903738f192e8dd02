import { isClosed, withoutUnknown } from "./closed-object.ts";
import { formatConversion, hasRightForms } from "./format-conversions.ts";
import { isPlainObject } from "./plain-object.ts";
import {
	type Conversion,
	type ConversionWay,
	fromBigInt,
	hasWireForm,
	holdsBigInt,
	scalarConversions,
	toBigChoice,
	toChoice,
	toNumberChoice,
	unchanged,
} from "./scalar-conversions.ts";
import { anyShape, type Shape, someShape } from "./shape.ts";
import { fitsShape } from "./shape-fit.ts";
import { canLack, padded } from "./short-tuple.ts";
import { isLooseUnion, mostSet } from "./union-choice.ts";
import { WalkMemory } from "./walk-memory.ts";

/**
 * Compiles the conversion to a shape, as Pydantic's lax mode converts: never a number to a string. The way to the `wire` is the
 * other direction: dates to ISO 8601, sets to lists, maps to objects, big integers to numbers.
 */
export function compileConversion(
	shape: Shape,
	way: ConversionWay,
): Conversion {
	if (way === "bare-wire" && !someShape(shape, isClosed)) {
		return compileConversion(shape, "wire");
	}
	if (way === "wire" && !someShape(shape, hasWireForm)) {
		return unchanged;
	}
	if (way === "canonical" && !someShape(shape, hasRightForms)) {
		return unchanged;
	}
	return new ConversionCompiler(way).compile(shape);
}

/** As {@link compileConversion}, but not before the first value: for what only a wrong value needs. */
export function lateConversion(shape: Shape, way: ConversionWay): Conversion {
	let conversion: Conversion | undefined;
	return (value) => {
		conversion ??= compileConversion(shape, way);
		return conversion(value);
	};
}

class ConversionCompiler {
	readonly #way: ConversionWay;
	readonly #isToWire: boolean;
	readonly #isReceived: boolean;
	readonly #known = new Map<Shape, Conversion>();

	constructor(way: ConversionWay) {
		this.#way = way;
		this.#isToWire = way === "wire" || way === "bare-wire";
		this.#isReceived = way === "text" || way === "json" || way === "canonical";
	}

	compile(shape: Shape): Conversion {
		const known = this.#known.get(shape);
		if (known !== undefined) {
			return known;
		}
		// a shape that contains itself finds this forward to the conversion that is being made
		this.#known.set(shape, (value) => conversion(value));
		const conversion = this.#make(shape);
		this.#known.set(shape, conversion);
		return conversion;
	}

	#make(shape: Shape): Conversion {
		// a value that a handler returns for a codec does not have the shape yet
		if (this.#way === "result" && shape.change === "codec") {
			return unchanged;
		}
		const isReceived = this.#isReceived;
		if (isReceived && shape.isPreprocessed) {
			return unchanged;
		}
		switch (shape.kind) {
			case "choice":
				return this.#makeChoice(shape);
			case "list":
			case "tuple":
			case "set":
				return this.#makeList(shape);
			case "record":
			case "map":
				return this.#makeRecord(shape);
			case "object":
				return this.#makeObject(shape);
			case "union":
				return this.#makeUnion(shape);
			default:
				return this.#makeScalar(shape);
		}
	}

	#makeScalar(shape: Shape): Conversion {
		const byKind = scalarConversions[this.#way][shape.kind];
		const isLeft =
			this.#isToWire || (this.#way === "canonical" && !hasRightForms(shape));
		const byFormat = isLeft ? undefined : formatConversion(shape);
		return byKind === undefined || byFormat === undefined
			? (byKind ?? byFormat ?? unchanged)
			: (value) => byFormat(byKind(value));
	}

	#makeChoice({ values, isLiteral }: Shape): Conversion {
		const isNumeric =
			!isLiteral &&
			values.length > 0 &&
			values.every((value) => typeof value === "number");
		if (isNumeric && !this.#isToWire && this.#way !== "canonical") {
			return toNumberChoice(values);
		}
		switch (this.#way) {
			case "text":
				return toChoice(values);
			case "json":
				return toBigChoice(values);
			case "wire":
			case "bare-wire":
				return holdsBigInt(values) ? fromBigInt : unchanged;
			default:
				return unchanged;
		}
	}

	#makeList(shape: Shape): Conversion {
		const positions = shape.positions.map((item) => this.compile(item));
		const rest =
			shape.items === undefined ? unchanged : this.compile(shape.items);
		const convert = (list: readonly unknown[]): readonly unknown[] =>
			convertItems(list, (item, index) => (positions[index] ?? rest)(item));
		if (this.#isToWire && shape.kind === "set") {
			return (value) => (value instanceof Set ? convert([...value]) : value);
		}
		const isText = this.#way === "text";
		const isSet = shape.kind === "set" && this.#way !== "canonical";
		const isPadded = (isText || this.#way === "json") && canLack(shape);
		return (value) => {
			const list = isText && typeof value === "string" ? [value] : value;
			if (!Array.isArray(list)) {
				return value;
			}
			const items = convert(isPadded ? padded(list, shape) : list);
			return isSet ? new Set(items) : items;
		};
	}

	#makeRecord(shape: Shape): Conversion {
		const convert =
			shape.items === undefined ? unchanged : this.compile(shape.items);
		if (shape.kind === "map") {
			return this.#makeMap(shape, convert);
		}
		return (value) =>
			isPlainObject(value)
				? convertFields(value, Object.keys(value), () => convert)
				: value;
	}

	#makeMap(shape: Shape, convert: Conversion): Conversion {
		if (this.#way === "canonical") {
			return unchanged;
		}
		// the keys of a map are texts on the wire, wherever they come from
		const keyWay = this.#isToWire ? "wire" : "text";
		const convertKey = compileConversion(shape.keys ?? anyShape, keyWay);
		const convertEntries = (entries: Iterable<[unknown, unknown]>) =>
			Array.from(
				entries,
				([key, item]) => [convertKey(key), convert(item)] as const,
			);
		if (keyWay === "wire") {
			return (value) =>
				value instanceof Map
					? Object.fromEntries(convertEntries(value) as [string, unknown][]) // keys become texts
					: value;
		}
		return (value) =>
			isPlainObject(value)
				? new Map(convertEntries(Object.entries(value)))
				: value;
	}

	#makeObject(shape: Shape): Conversion {
		const conversions = new Map<string, Conversion>();
		for (const [name, field] of shape.fields) {
			const conversion = this.compile(field);
			if (conversion !== unchanged) {
				conversions.set(name, conversion);
			}
		}
		const rest =
			shape.items === undefined ? unchanged : this.compile(shape.items);
		const names = [...conversions.keys()];
		const conversionOf = (name: string) =>
			conversions.get(name) ?? (shape.fields.has(name) ? undefined : rest);
		const convert: Conversion = (value) =>
			isPlainObject(value)
				? convertFields(
						value,
						rest === unchanged ? names : Object.keys(value),
						conversionOf,
					)
				: value;
		if (this.#way === "result") {
			return withDefaults(shape, convert);
		}
		if (this.#way === "bare-wire" && isClosed(shape)) {
			return (value) => convert(withoutUnknown(shape, value));
		}
		const isNeeded = names.length > 0 || rest !== unchanged;
		return isNeeded ? convert : unchanged;
	}

	#makeUnion(shape: Shape): Conversion {
		const members = shape.members.map((member) => ({
			shape: member,
			convert: this.compile(member),
		}));
		if (members.every(({ convert }) => convert === unchanged)) {
			return unchanged;
		}
		const only = members.length === 1 ? members[0] : undefined;
		if (only !== undefined) {
			return (value) => (value === null ? null : only.convert(value));
		}
		const convert = this.#convertToMember(shape, members);
		return (value) => converted.once(members, value, () => convert(value));
	}

	#convertToMember(shape: Shape, members: readonly UnionMember[]): Conversion {
		if (this.#isToWire) {
			return (value) =>
				mostSet(
					members.filter((member) => fitsShape(member.shape, value)),
					value,
				)?.convert(value) ?? value;
		}
		if (isLooseUnion(shape)) {
			return (value) => convertToMostSet(members, value);
		}
		return (value) => {
			// a value that fits stays as it is, as in Pydantic's smart mode
			if (members.some((member) => fitsShape(member.shape, value))) {
				return value;
			}
			return convertToFirst(members, value);
		};
	}
}

const converted = new WalkMemory<unknown>();

interface UnionMember {
	readonly shape: Shape;
	readonly convert: Conversion;
}

function convertToFirst(
	members: readonly UnionMember[],
	value: unknown,
): unknown {
	let nearest = value;
	for (const member of members) {
		const converted = member.convert(value);
		if (fitsShape(member.shape, converted)) {
			return converted;
		}
		// none fits: then the errors should be about what can't be converted, not about what could be
		if (Object.is(nearest, value)) {
			nearest = converted;
		}
	}
	return nearest;
}

/** Pydantic's smart mode: the member with the most fields set, of equals what fits as it is, then the first. */
function convertToMostSet(
	members: readonly UnionMember[],
	value: unknown,
): unknown {
	const asItIs = members.filter((member) => fitsShape(member.shape, value));
	const fitting = members
		.map(({ shape, convert }) => ({ shape, converted: convert(value) }))
		.filter(({ shape, converted }) => fitsShape(shape, converted));
	const best = mostSet(
		[...asItIs.map(({ shape }) => ({ shape, converted: value })), ...fitting],
		value,
	);
	return best === undefined ? convertToFirst(members, value) : best.converted;
}

/** A schema that is run backwards does not fill in its defaults itself. */
function withDefaults(shape: Shape, convert: Conversion): Conversion {
	const defaults = [...shape.fields].filter(
		([, field]) => field.default !== undefined && field.change === undefined,
	);
	if (defaults.length === 0) {
		return convert;
	}
	return (value) => {
		if (!isPlainObject(value)) {
			return value;
		}
		const absent = defaults.filter(([name]) => value[name] === undefined);
		if (absent.length === 0) {
			return convert(value);
		}
		const filled = absent.map(
			([name, field]) => [name, structuredClone(field.default)] as const,
		);
		return convert({ ...value, ...Object.fromEntries(filled) });
	};
}

/** The list itself as long as no item changes, then a copy. */
function convertItems(
	list: readonly unknown[],
	convert: (item: unknown, index: number) => unknown,
): readonly unknown[] {
	let copy: unknown[] | undefined;
	for (let index = 0; index < list.length; index++) {
		const item = list[index];
		const converted = convert(item, index);
		if (Object.is(converted, item)) {
			continue;
		}
		copy ??= [...list];
		copy[index] = converted;
	}
	return copy ?? list;
}

/** The object itself as long as no field changes, then a copy. */
function convertFields(
	value: Readonly<Record<string, unknown>>,
	names: readonly string[],
	conversionOf: (name: string) => Conversion | undefined,
): Readonly<Record<string, unknown>> {
	let copy: Record<string, unknown> | undefined;
	for (const name of names) {
		if (!Object.hasOwn(value, name)) {
			continue;
		}
		const convert = conversionOf(name) ?? unchanged;
		const converted = convert(value[name]);
		if (Object.is(converted, value[name])) {
			continue;
		}
		copy ??= { ...value };
		setField(copy, name, converted);
	}
	return copy ?? value;
}

function setField(
	object: Record<string, unknown>,
	name: string,
	value: unknown,
): void {
	if (name !== "__proto__") {
		object[name] = value;
	}
	// as a name it must make a field, not set the prototype; too slow for every name
	else {
		Object.defineProperty(object, name, {
			value,
			configurable: true,
			enumerable: true,
			writable: true,
		});
	}
}
