import { headerName } from "../http/header-name.ts";
import type { Declarations } from "../inject/declaration.ts";
import type { DependencyGraph, Root } from "../inject/graph.ts";
import type { ParameterField } from "../inject/parameter-field.ts";
import type { PathOperation } from "./path-operation.ts";

/** Headers whose names are no query parameter's. */
const headers: ReadonlySet<string> = new Set([
	"accept-encoding",
	"accept-language",
	"authorization",
	"if-match",
	"if-modified-since",
	"if-none-match",
	"last-event-id",
	"set-cookie",
	"user-agent",
	"x-api-key",
	"x-csrf-token",
	"x-forwarded-for",
	"x-request-id",
	"x-token",
]);

/**
 * Tells of parameters that are read from the query, since nothing says otherwise, and have the name of a header, or of a cookie that the app
 * reads in another place. `Query()` says that it is meant.
 */
export function warnOfMisplacedNames(
	graphs: ReadonlyMap<PathOperation, DependencyGraph>,
	warn: (line: string) => void,
): void {
	const cookies = new Set([...graphs.values()].flatMap(cookieNames));
	const seen = new Set<ParameterField["schema"]>();
	for (const [{ endpoint, params }, graph] of graphs) {
		const roots = [
			[params, graph.root],
			...graph.order.map((node) => [node.dependency.params, node] as const),
		] as const;
		for (const { key, schema } of roots.flatMap(bareQueries)) {
			const maker = makerFor(key, cookies);
			if (maker !== undefined && !seen.has(schema)) {
				seen.add(schema);
				warn(
					`${endpoint.told}: "${key}" is read from the query, since nothing says otherwise; write ${maker}(…) around its schema, or Query(…) if that is meant`,
				);
			}
		}
	}
}

function makerFor(
	key: string,
	cookies: ReadonlySet<string>,
): "Header" | "Cookie" | undefined {
	if (headers.has(headerName(key)) || /^x-/i.test(key)) {
		return "Header";
	}
	return cookies.has(key) ? "Cookie" : undefined;
}

/** The parameters of a record for which a schema alone stands, and which are read from the query. */
function bareQueries([params, { inputs }]: readonly [
	Declarations,
	Root,
]): readonly ParameterField[] {
	return inputs.flatMap((input) =>
		input.kind === "parameter" &&
		input.field.source === "query" &&
		params[input.key] === input.field.schema
			? [input.field]
			: [],
	);
}

/** The cookies that a path operation reads. */
function cookieNames({ fields, security }: DependencyGraph): string[] {
	return [
		...fields
			.filter(({ source, isModel }) => source === "cookie" && !isModel)
			.map(({ name }) => name),
		...security.flatMap(({ declaration: { scheme } }) =>
			scheme.in === "cookie" && typeof scheme.name === "string"
				? [scheme.name]
				: [],
		),
	];
}
