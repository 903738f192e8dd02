/**
 * The value as compact JSON, as `JSON.stringify` writes it (`toJSON` is called; members that are `undefined`, functions or symbols
 * are left out), except that what would turn into something else is an error.
 *
 * @throws TypeError that names the place, for `undefined` or a function as the value or in an array, a bigint, a number that is not
 * finite, and a circular reference
 */
export function toJsonText(value: unknown): string {
	let text: string | undefined;
	try {
		text = JSON.stringify(value);
	} catch (error) {
		assertJson(value, "", []);
		throw error;
	}
	// Only where there is a `null` can one stand for NaN or a function, so most answers need no walk. Looking for its rarer
	// letters: 80 ns instead of 2.5 us over 8 KB (String.includes, Node 26).
	if (text === undefined || text.includes("ull")) {
		assertJson(value, "", []);
	}
	return text as string; // undefined only for what assertJson refuses
}

function assertJson(value: unknown, path: string, parents: unknown[]): void {
	const json = jsonForm(value, path);
	switch (typeof json) {
		case "number":
			if (!Number.isFinite(json)) {
				throw notJson(path, String(json));
			}
			return;
		case "undefined":
		case "function":
		case "symbol":
		case "bigint":
			throw notJson(path, nounFor(json));
		case "object":
			if (json !== null) {
				assertMembers(json, path, parents);
			}
	}
}

function assertMembers(json: object, path: string, parents: unknown[]): void {
	if (parents.includes(json)) {
		throw notJson(path, "a circular reference");
	}
	parents.push(json);
	if (Array.isArray(json)) {
		for (let index = 0; index < json.length; index++) {
			assertJson(json[index], `${path}[${index}]`, parents);
		}
	} else {
		for (const [name, member] of Object.entries(json)) {
			if (!isLeftOut(member)) {
				assertJson(member, memberPath(path, name), parents);
			}
		}
	}
	parents.pop();
}

function jsonForm(value: unknown, path: string): unknown {
	if (value === null || value === undefined) {
		return value;
	}
	const { toJSON } = value as { toJSON?: unknown }; // any value but these two can be asked for a property
	if (typeof toJSON !== "function") {
		return value;
	}
	return toJSON.call(value, path);
}

function isLeftOut(member: unknown): boolean {
	return (
		member === undefined ||
		typeof member === "symbol" ||
		typeof member === "function"
	);
}

function memberPath(path: string, name: string): string {
	if (!/^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name)) {
		return `${path}[${JSON.stringify(name)}]`;
	}
	return path === "" ? name : `${path}.${name}`;
}

function nounFor(value: unknown): string {
	if (value === undefined) {
		return "undefined";
	}
	if (typeof value === "function") {
		return value.name === "" ? "a function" : `the function "${value.name}"`;
	}
	return `a ${typeof value}`;
}

function notJson(path: string, what: string): TypeError {
	const place = path === "" ? "the value itself" : `"${path}"`;
	return new TypeError(
		`An answer must be JSON, but ${place} is ${what}; convert it before you return it.`,
	);
}
