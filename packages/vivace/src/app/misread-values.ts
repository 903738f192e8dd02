import { isNear } from "../errors/options.ts";
import { parameterTexts, takenNames } from "../inject/function-source.ts";
import type { DependencyGraph } from "../inject/graph.ts";
import type { PathOperation } from "./path-operation.ts";

/**
 * Tells of values that a handler or a dependency reads and nobody gives it, as far as its parameters show it: in JavaScript, or where a type
 * is `any`, they are undefined without a word. The compiler refuses all of them.
 */
export function warnOfMisreadValues(
	graphs: ReadonlyMap<PathOperation, DependencyGraph>,
	warn: (line: string) => void,
): void {
	const seen = new Set<unknown>();
	for (const [operation, graph] of graphs) {
		const { endpoint, handler, params } = operation;
		const names = [...new Set([...Object.keys(params), ...graph.pathNames])];
		for (const problem of problemsOf(handler, names)) {
			warn(`${endpoint.told}: the handler ${problem}`);
		}
		for (const { dependency, name } of graph.order) {
			if (seen.has(dependency)) {
				continue;
			}
			seen.add(dependency);
			const given = Object.keys(dependency.params);
			for (const problem of problemsOf(dependency.call, given)) {
				warn(`${endpoint.told}: dependency "${name}" ${problem}`);
			}
		}
	}
}

function problemsOf(
	given: (...values: never) => unknown,
	names: readonly string[],
): readonly string[] {
	const texts = parameterTexts(given) ?? [];
	const [values = "", request = ""] = texts;
	const unknown = (takenNames(values) ?? []).filter(
		(name) => !names.includes(name),
	);
	const [alone] = /^[a-zA-Z$][\w$]*/.exec(values) ?? [];
	if (alone !== undefined && texts.length === 1 && names.length === 0) {
		return [
			`takes "${alone}", which has no values: nothing is declared before the function; write a record there, such as { ${alone}: z.string() }, and ({ ${alone} }) here`,
		];
	}
	return [
		...unknown.map((name) => `takes "${name}", ${remedy(name, names)}`),
		...foreignReads(given, request),
	];
}

function remedy(name: string, names: readonly string[]): string {
	const near = names.find((other) => isNear(name, other));
	if (near !== undefined) {
		return `which nothing gives it; did you mean "${near}"?`;
	}
	const there = names.length === 0 ? "no values" : names.join(", ");
	return `which nothing gives it: there are ${there}; declare it in the record`;
}

/** Members of other frameworks' requests, and what is written here. */
const requestMembers: Readonly<Record<string, string>> = {
	params: "the path's values are in the first parameter",
	body: "declare the body in the record, or write await request.json()",
	ip: "write request.client?.host",
	hostname: 'write request.header("host")',
	originalUrl: "write request.url",
};

const ofQuery: ReadonlySet<string> = new Set(
	"append delete entries forEach get getAll has keys set size sort toString values".split(
		" ",
	),
);

const ofHeaders: ReadonlySet<string> = new Set([...ofQuery, "getSetCookie"]);

/** A member of any name that is read of a request, as a program writes it. */
const reads =
	/(?<![\w$.])([\w$]+)\s*\.\s*(?:(query|headers)\s*(?:\.\s*([\w$]+)|\[)|(params|body|ip|hostname|originalUrl)\b(?!\s*[=(]))/g;

/** Where the second parameter is read as Express has it: its members are undefined. */
function* foreignReads(
	given: (...values: never) => unknown,
	request: string,
): Generator<string> {
	if (!/^[\w$]+$/.test(request)) {
		return;
	}
	const text = Function.prototype.toString.call(given);
	const told = new Set<string>();
	for (const [, name, bag, member, direct] of text.matchAll(reads)) {
		const problem =
			name === request ? problemOf(request, bag, member, direct) : undefined;
		if (problem !== undefined && !told.has(problem)) {
			told.add(problem);
			yield problem;
		}
	}
}

/**
 * @param bag query or headers, and the member of it that is read; `undefined` for one in brackets
 * @param direct a member of the request itself
 */
function problemOf(
	request: string,
	bag: string | undefined,
	member: string | undefined,
	direct: string | undefined,
): string | undefined {
	if (direct !== undefined) {
		return `reads ${request}.${direct}, which there is not; ${requestMembers[direct]}`;
	}
	const known = bag === "query" ? ofQuery : ofHeaders;
	if (member !== undefined && known.has(member)) {
		return undefined;
	}
	const place = member === undefined ? "[…]" : `.${member}`;
	return `reads ${request}.${bag}${place}, which is undefined; write ${request}.${bag}.get("${member ?? "…"}"), or declare it in the record`;
}
