/** How others write a segment that is a parameter, and how it is written here. */
const foreignSegments: readonly (readonly [
	pattern: RegExp,
	own: (name: string, more: string) => string,
])[] = [
	// Express, Fastify, Hono: :rest*, :id, :id?, :id(\d+), :from-:to
	[/^:([a-z_]\w*)\*$/i, (name) => `{${name}:path}`],
	[
		/^:([a-z_]\w*)(\W.*)?$/i,
		(name, rest) =>
			`{${name}}${/^[?(]/.test(rest) ? "" : rest.replaceAll(/:(\w+)/g, "{$1}")}`,
	],
	// the rest: *, **, *rest
	[/^\*+(\w*)$/, (name) => `{${name || "rest"}:path}`],
	// files of Next.js and others: [...rest], [[...rest]], [id]
	[/^\[+\.\.\.([a-z_]\w*)\]+$/i, (name) => `{${name}:path}`],
	[/^\[([a-z_]\w*)\]$/i, (name) => `{${name}}`],
	// Flask: <id>, <int:id>
	[/^<([a-z_]\w*)>$/i, (name) => `{${name}}`],
	[/^<(\w+):([a-z_]\w*)>$/i, (type, name) => `{${name}:${type}}`],
];

/**
 * The path as it is written here, where a segment is a parameter as other frameworks write it: it would be a text that no request has.
 * `undefined` where there is none.
 */
export function withoutForeignSegments(path: string): string | undefined {
	const own = path.split("/").map(ownSegment).join("/");
	return own === path ? undefined : own;
}

function ownSegment(segment: string): string {
	for (const [pattern, own] of foreignSegments) {
		const [, first, second = ""] = pattern.exec(segment) ?? [];
		if (first !== undefined) {
			return own(first, second);
		}
	}
	return segment;
}
