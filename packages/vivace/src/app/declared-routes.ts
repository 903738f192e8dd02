import { operationId } from "./describe-operation.ts";
import type { PlacedFrontend } from "./frontend.ts";
import type { MountPlace } from "./mount-site.ts";
import type { PathOperation } from "./path-operation.ts";
import type { SocketOperation } from "./socket-operation.ts";

/** A path operation, a mount or a front end, with all that its routers and its app add: an item of `app.routes`. */
export interface DeclaredRoute {
	/** A mount hands every request below its path to something else; a front end serves files for what nothing else answers. */
	readonly kind: "operation" | "mount" | "frontend" | "socket";
	/** With the prefixes before it and its converters, as it was declared: `/shop/files/{file_path:path}`. */
	readonly path: string;
	/** The host alone that has it, as it was declared: `{tenant}.example.com`. Default: every host. */
	readonly host?: string;
	/** In capitals; empty for a mount, which takes all, and for a socket. */
	readonly methods: readonly string[];
	/** The handler's name or the one that was given, also that of a mount; empty where there is none. */
	readonly name: string;
	/** The id in the document, of the first of its methods; empty for a mount. */
	readonly operationId: string;
	readonly summary: string | undefined;
	readonly description: string | undefined;
	/** Outer ones first. */
	readonly tags: readonly string[];
	readonly deprecated: boolean;
	/** True when the document has it. */
	readonly includeInSchema: boolean;
}

/** Lists path operations, in the order in which they are tried. */
export function declaredRoutes(
	operations: readonly PathOperation[],
): readonly DeclaredRoute[] {
	return operations.map(declaredRoute);
}

export function declaredRoute(operation: PathOperation): DeclaredRoute {
	const { methods, template, name, tags, options } = operation;
	return Object.freeze({
		kind: "operation",
		path: template.text,
		methods: Object.freeze([...methods]),
		name,
		operationId: operationId(operation, methods[0] ?? ""),
		summary: options.summary,
		description: options.description,
		tags: Object.freeze([...tags]),
		deprecated: operation.deprecated ?? false,
		includeInSchema: operation.includeInSchema,
	});
}

/** The entry of a mount in `app.routes`. */
export function mountRoute({
	path,
	host,
	name,
}: Omit<MountPlace, "declared">): DeclaredRoute {
	return Object.freeze({
		kind: "mount",
		path,
		...(host !== undefined && { host }),
		methods: [],
		name,
		operationId: "",
		summary: undefined,
		description: undefined,
		tags: [],
		deprecated: false,
		includeInSchema: false,
	});
}

/** The entry of a socket in `app.routes`, which no document has. */
export function socketRoute({ operation }: SocketOperation): DeclaredRoute {
	return Object.freeze({
		...declaredRoute(operation),
		kind: "socket",
		methods: [],
		operationId: "",
		includeInSchema: false,
	});
}

/** The entry of a front end in `app.routes`. */
export function frontendRoute({
	prefix,
	operation,
}: PlacedFrontend): DeclaredRoute {
	return Object.freeze({
		...mountRoute({
			path: prefix || "/",
			host: undefined,
			name: "",
			isPublic: operation.isPublic,
		}),
		kind: "frontend",
		methods: Object.freeze([...operation.methods]),
		tags: Object.freeze([...operation.tags]),
	});
}
