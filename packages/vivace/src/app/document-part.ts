import { assertOptions, type OptionRules, told } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import { type DeclaredRoute, declaredRoute } from "./declared-routes.ts";
import {
	dependenciesRule,
	type EffectDependency,
	type PathOperation,
} from "./path-operation.ts";

/** A document of a part of an app's routes: for the public, for one version, for one client. */
export interface DocumentPart {
	/** True for the path operations that it has; those with `includeInSchema: false` are not asked about. Default: all. */
	readonly routes?: (route: DeclaredRoute) => boolean;
	/** Only path operations with one of these tags. Default: all. */
	readonly tags?: readonly string[];
	/** True when it has the app's webhooks. Default: true. */
	readonly webhooks?: boolean;
	/** Default: the app's. */
	readonly title?: string;
	/** Version of the API. Default: the app's. */
	readonly version?: string;
	/** Default: the app's. */
	readonly summary?: string;
	/** In Markdown. Default: the app's. */
	readonly description?: string;
}

/** A {@link DocumentPart} that the app serves, with pages of its own. */
export interface PublishedDocument extends DocumentPart {
	/** Path of the document: `/public/openapi.json`. */
	readonly openapiUrl: string;
	/** Path of its Swagger UI. Default: none. */
	readonly docsUrl?: string;
	/** Path of its ReDoc. Default: none. */
	readonly redocUrl?: string;
	/** Dependencies that are made before the document and its pages are answered: a guard. Default: none. */
	readonly dependencies?: readonly EffectDependency[];
}

const partRules: OptionRules<DocumentPart> = {
	routes: "function",
	tags: "texts",
	webhooks: "boolean",
	title: "text",
	version: "text",
	summary: "text",
	description: "text",
};

const publishedRules: OptionRules<PublishedDocument> = {
	...partRules,
	openapiUrl: { required: "text" },
	docsUrl: "text",
	redocUrl: "text",
	dependencies: dependenciesRule,
};

/** @throws SetupError `VIV_OPTION` for an option that there is not, or a value that it may not have */
export function assertDocumentPart(part: DocumentPart): void {
	assertOptions("app.openapi()", part, partRules);
}

/**
 * @param taken paths of the app's own document and pages
 * @throws SetupError `VIV_OPTION` for what can't be served: an option that there is not, a path that another has
 */
export function assertPublishedDocuments(
	documents: readonly PublishedDocument[],
	taken: readonly (string | undefined)[],
): void {
	const paths = new Set(taken);
	for (const [index, document] of documents.entries()) {
		const where = `App: documents[${index}]`;
		assertOptions(where, document, publishedRules);
		for (const option of ["openapiUrl", "docsUrl", "redocUrl"] as const) {
			const path = document[option];
			if (path === undefined && option !== "openapiUrl") {
				continue;
			}
			if (!path?.startsWith("/")) {
				throw new SetupError(
					"VIV_OPTION",
					`${where}: ${option} must be a path that begins with "/", got ${told(path)}.`,
				);
			}
			if (paths.has(path)) {
				throw new SetupError(
					"VIV_OPTION",
					`${where}: ${option} "${path}" is the path of another document or page; give it one of its own.`,
				);
			}
			paths.add(path);
		}
	}
}

/**
 * The path operations of a part.
 * @throws SetupError `VIV_OPTION` for a tag that none of them has
 */
export function partOperations(
	operations: readonly PathOperation[],
	{ routes, tags }: DocumentPart,
): readonly PathOperation[] {
	const known = new Set(operations.flatMap((operation) => operation.tags));
	const wrong = tags?.find((tag) => !known.has(tag));
	if (wrong !== undefined) {
		throw new SetupError(
			"VIV_OPTION",
			`A document of the tag "${wrong}" would be empty, for no path operation has it; the tags are ${[...known].map((tag) => `"${tag}"`).join(", ") || "none"}.`,
		);
	}
	return operations.filter(
		(operation) =>
			operation.includeInSchema &&
			(tags === undefined ||
				operation.tags.some((tag) => tags.includes(tag))) &&
			(routes === undefined || routes(declaredRoute(operation))),
	);
}
