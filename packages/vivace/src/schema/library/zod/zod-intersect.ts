import { KnownPlaces } from "../known-places.ts";
import type { ZodPayload, ZodSchema } from "./zod-internals.ts";
import { type FoundIssue, firstFound, parseOnce } from "./zod-outcomes.ts";

interface Issue extends FoundIssue {
	readonly code?: string;
	readonly origin?: string;
	readonly keys?: readonly string[];
}

/**
 * Makes an intersection take a time linear in the value: Zod looks each key of one side up in a list of the other's, and where an
 * intersection contains itself both sides look at every level again and tell the same issues twice.
 */
export function intersectLinearly(intersection: ZodSchema): void {
	parseOnce(intersection, () => (payload, context) => {
		const { left, right } = intersection._zod.def;
		const sides = [left, right].map((side) =>
			(side as ZodSchema)._zod.run(
				{ value: payload.value, issues: [] },
				context,
			),
		);
		const [first, second] = sides as [ZodPayload, ZodPayload];
		return sides.some((side) => side instanceof Promise)
			? Promise.all(sides).then(([one, other]) =>
					intersected(payload, one as ZodPayload, other as ZodPayload),
				)
			: intersected(payload, first, second);
	});
}

function intersected(
	payload: ZodPayload,
	left: ZodPayload,
	right: ZodPayload,
): ZodPayload {
	payload.issues = issuesOfBoth(
		left.issues as Issue[],
		right.issues as Issue[],
	);
	const merged = mergeValues(left.value, right.value);
	if (merged !== unmergeable) {
		payload.value = merged;
	} else if (payload.issues.length === 0) {
		throw new Error(
			"The sides of an intersection give different values: give them the same transforms and defaults",
		);
	}
	return payload;
}

/** A key that one side refuses may be the other's: it is wrong where both refuse it. */
function issuesOfBoth(
	left: readonly Issue[],
	right: readonly Issue[],
): Issue[] {
	const refusedLeft = refusedKeys(left);
	const refusedRight = refusedKeys(right);
	const issues: Issue[] = [];
	const told = new Set<string>();
	const places = new KnownPlaces();
	for (const issue of [...left, ...right]) {
		const keys = keysOf(issue);
		if (keys === undefined) {
			// the other side may have found it too, in the same part of the value
			if (places.note(issue[firstFound], issue.path ?? [])) {
				issues.push(issue);
			}
			continue;
		}
		const both = keys.filter(
			(key) => refusedLeft.has(key) && refusedRight.has(key) && !told.has(key),
		);
		for (const key of both) {
			told.add(key);
		}
		if (both.length > 0) {
			issues.push(issue.keys === undefined ? issue : { ...issue, keys: both });
		}
	}
	return issues;
}

function refusedKeys(issues: readonly Issue[]): ReadonlySet<string> {
	return new Set(issues.flatMap((issue) => keysOf(issue) ?? []));
}

/** The keys that an issue is about, if it is about those of the value itself. */
function keysOf(issue: Issue): readonly string[] | undefined {
	const { code, origin, path = [], keys } = issue;
	if (code === "unrecognized_keys" && path.length === 0) {
		return keys;
	}
	return code === "invalid_key" && origin === "record" && path.length === 1
		? [String(path[0])]
		: undefined;
}

const unmergeable: unique symbol = Symbol("unmergeable");

/** As Zod merges: members of objects and items of lists each for themselves, all else must be equal. */
function mergeValues(left: unknown, right: unknown): unknown {
	if (left === right || Object.is(left, right)) {
		return left;
	}
	if (left instanceof Date && right instanceof Date && +left === +right) {
		return left;
	}
	if (Array.isArray(left) && Array.isArray(right)) {
		return mergeLists(left, right);
	}
	return isPlain(left) && isPlain(right)
		? mergeObjects(left, right)
		: unmergeable;
}

function mergeLists(
	left: readonly unknown[],
	right: readonly unknown[],
): unknown {
	if (left.length !== right.length) {
		return unmergeable;
	}
	const merged: unknown[] = [];
	for (let index = 0; index < left.length; index++) {
		const item = mergeValues(left[index], right[index]);
		if (item === unmergeable) {
			return unmergeable;
		}
		merged.push(item);
	}
	return merged;
}

function mergeObjects(
	left: Readonly<Record<string, unknown>>,
	right: Readonly<Record<string, unknown>>,
): unknown {
	const merged: Record<string, unknown> = { ...left, ...right };
	// Zod, too, never hands this name on
	Reflect.deleteProperty(merged, "__proto__");
	for (const key in left) {
		if (!Object.hasOwn(right, key) || key === "__proto__") {
			continue;
		}
		const member = mergeValues(left[key], right[key]);
		if (member === unmergeable) {
			return unmergeable;
		}
		merged[key] = member;
	}
	return merged;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
	if (typeof value !== "object" || value === null) {
		return false;
	}
	const prototype = Object.getPrototypeOf(value);
	return prototype === Object.prototype || prototype === null;
}
