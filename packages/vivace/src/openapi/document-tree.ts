import { isJsonObject } from "../json/json-object.ts";
/** A part of a document that is still being written. */
export type DocumentNode = Record<string, unknown>;

export function isNode(value: unknown): value is DocumentNode {
	return isJsonObject(value);
}

/** Merges `addition` into `target`: objects deeply, a list behind the list that is there, anything else replaces. */
export function mergeInto(
	target: DocumentNode,
	addition: Readonly<DocumentNode>,
): void {
	for (const [key, value] of Object.entries(addition)) {
		const present = Object.hasOwn(target, key) ? target[key] : undefined;
		if (isNode(present) && isNode(value)) {
			const merged = { ...present };
			mergeInto(merged, value);
			setMember(target, key, merged);
		} else if (Array.isArray(present) && Array.isArray(value)) {
			target[key] = [...present, ...value];
		} else {
			setMember(target, key, value);
		}
	}
}

/** Sets a member under any name: `__proto__` too is a name here. */
export function setMember(
	target: DocumentNode,
	key: string,
	value: unknown,
): void {
	if (key !== "__proto__") {
		target[key] = value; // a third of the time
		return;
	}
	Object.defineProperty(target, key, {
		value,
		enumerable: true,
		writable: true,
		configurable: true,
	});
}

/** The object under a key, made if it is not there. */
export function childOf(target: DocumentNode, key: string): DocumentNode {
	const present = Object.hasOwn(target, key) ? target[key] : undefined;
	if (isNode(present)) {
		return present;
	}
	const child: DocumentNode = {};
	setMember(target, key, child);
	return child;
}

/**
 * A copy that `JSON.stringify` can write, without members that are null or undefined, as FastAPI leaves them out, and with every text
 * replaced by what `replaceText` gives for it.
 */
export function finishTree(
	value: unknown,
	replaceText: (text: string) => string,
): unknown {
	if (typeof value === "string") {
		return replaceText(value);
	}
	if (typeof value === "bigint") {
		return Number(value);
	}
	if (Array.isArray(value) || value instanceof Set) {
		return Array.from(value, (item) => finishTree(item, replaceText));
	}
	if (!isNode(value)) {
		return value;
	}
	if (typeof value.toJSON === "function") {
		return finishTree(value.toJSON(), replaceText);
	}
	const result: DocumentNode = {};
	for (const key of Object.keys(value)) {
		const member = value[key];
		if (member !== null && member !== undefined) {
			setMember(result, key, finishTree(member, replaceText));
		}
	}
	return result;
}

/** {@link finishTree} in steps: one for each value that is so deep. */
export function* finishSteps(
	value: unknown,
	replaceText: (text: string) => string,
	depth: number,
): Generator<unknown, unknown> {
	if (depth === 0 || !isNode(value) || !isPlain(value)) {
		yield;
		return finishTree(value, replaceText);
	}
	const result: DocumentNode = {};
	for (const key of Object.keys(value)) {
		const member = value[key];
		if (member !== null && member !== undefined) {
			setMember(
				result,
				key,
				yield* finishSteps(member, replaceText, depth - 1),
			);
		}
	}
	return result;
}

function isPlain(value: DocumentNode): boolean {
	return !(value instanceof Set) && typeof value.toJSON !== "function";
}
