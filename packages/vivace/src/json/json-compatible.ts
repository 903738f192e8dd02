/**
 * The value with everything that JSON does not know turned into what it does, as FastAPI's `jsonable_encoder` does: dates into ISO
 * 8601 text with offset, maps into objects, sets into lists, bytes into UTF-8 text, bigints into numbers (text beyond 2^53),
 * `undefined` in lists into null. A value that is JSON already comes back as it is, uncopied.
 *
 * @throws TypeError that names the member, for a function, a symbol or an invalid date
 * @see FastAPI, "JSON Compatible Encoder"
 */
export function jsonCompatible(value: unknown): unknown {
	switch (typeof value) {
		case "object":
			return value === null ? null : compatibleObject(value);
		case "bigint":
			return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}`;
		default:
			return value;
	}
}

function compatibleObject(value: object): unknown {
	if (Array.isArray(value)) {
		return compatibleList(value);
	}
	const prototype = Object.getPrototypeOf(value);
	if (prototype === Object.prototype || prototype === null) {
		return compatibleRecord(value as Record<string, unknown>); // a plain object
	}
	if (value instanceof Date) {
		return isoText(value);
	}
	if (value instanceof Map) {
		return compatibleRecord(Object.fromEntries(value));
	}
	if (value instanceof Set) {
		return compatibleList([...value]);
	}
	if (value instanceof Uint8Array) {
		return new TextDecoder().decode(value);
	}
	return "toJSON" in value
		? value
		: compatibleRecord(value as Record<string, unknown>); // an instance of a class: its own members
}

function compatibleList(list: readonly unknown[]): unknown {
	let copy: unknown[] | undefined;
	for (let index = 0; index < list.length; index++) {
		const member = list[index];
		const made = member === undefined ? null : jsonCompatible(member);
		if (made === member) {
			continue;
		}
		copy ??= [...list];
		copy[index] = made;
	}
	return copy ?? list;
}

function compatibleRecord(record: Record<string, unknown>): unknown {
	let copy: Record<string, unknown> | undefined;
	for (const name in record) {
		const member = record[name];
		if (typeof member === "function" || typeof member === "symbol") {
			throw new TypeError(
				`An answer must be JSON, but the member "${name}" is a ${typeof member}; leave it out before you return the value.`,
			);
		}
		const made = jsonCompatible(member);
		if (made === member) {
			continue;
		}
		copy ??= { ...record };
		copy[name] = made;
	}
	return copy ?? record;
}

/** As Python's `datetime.isoformat` writes it: microseconds only where there are any, UTC as `+00:00`. */
function isoText(date: Date): string {
	if (Number.isNaN(date.getTime())) {
		throw new TypeError("An answer must be JSON, but holds an invalid Date.");
	}
	const text = date.toISOString();
	return text.endsWith(".000Z")
		? `${text.slice(0, -5)}+00:00`
		: `${text.slice(0, -1)}000+00:00`;
}
