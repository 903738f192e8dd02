import { buildOpenApi } from "../openapi/build-openapi.ts";
import type { OpenApiDocument } from "../openapi/operation.ts";
import type { AppOptions } from "./app-options.ts";
import { describeOperations } from "./describe-operation.ts";
import { type DocumentPart, partOperations } from "./document-part.ts";
import type { Logger } from "./logger.ts";
import type { PathOperation } from "./path-operation.ts";

/** The parts of an app that its documents show, asked for when one is made. */
export interface DocumentedParts {
	readonly title: string;
	readonly operations: () => readonly PathOperation[];
	readonly webhooks: () => readonly PathOperation[];
	/** How many there are of both by now. */
	readonly count: () => number;
	readonly logger: Logger;
}

/** The OpenAPI documents of an app: the whole one, and those of a part of its routes. Each is made once, until something is declared. */
export class AppDocuments<State> {
	readonly #options: AppOptions<State, never>;
	readonly #parts: DocumentedParts;
	readonly #told = new Set<string>();
	#count = -1;
	#whole: OpenApiDocument | undefined;
	#partial = new WeakMap<DocumentPart, OpenApiDocument>();

	constructor(options: AppOptions<State, never>, parts: DocumentedParts) {
		this.#options = options;
		this.#parts = parts;
	}

	whole(): OpenApiDocument {
		this.#forgetIfDeclared();
		this.#whole ??= this.#make({});
		return this.#whole;
	}

	/** @throws SetupError `VIV_OPTION` for a tag that no path operation has */
	of(part: DocumentPart): OpenApiDocument {
		this.#forgetIfDeclared();
		let document = this.#partial.get(part);
		if (document === undefined) {
			document = this.#make(part);
			this.#partial.set(part, document);
		}
		return document;
	}

	#forgetIfDeclared(): void {
		const count = this.#parts.count();
		if (count !== this.#count) {
			this.#count = count;
			this.#whole = undefined;
			this.#partial = new WeakMap();
		}
	}

	#make(part: DocumentPart): OpenApiDocument {
		const { openapiTags, ...options } = this.#options;
		const operations = partOperations(this.#parts.operations(), part);
		const webhooks = part.webhooks === false ? [] : this.#parts.webhooks();
		return buildOpenApi(
			{
				...options,
				title: part.title ?? this.#parts.title,
				version: part.version ?? options.version ?? "0.1.0",
				summary: part.summary ?? options.summary,
				description: part.description ?? options.description,
				tags: isWhole(part)
					? openapiTags
					: openapiTags?.filter(({ name }) =>
							[...operations, ...webhooks].some(({ tags }) =>
								tags.includes(String(name)),
							),
						),
			},
			describeOperations(operations),
			{
				webhooks: describeOperations(webhooks),
				separateInputOutputSchemas: options.separateInputOutputSchemas,
				titles: options.openapiTitles,
				onWarning: (message) => this.#warn(message),
			},
		);
	}

	/** Warns once: the documents of an app share their operations. */
	#warn(message: string): void {
		if (!this.#told.has(message)) {
			this.#told.add(message);
			this.#parts.logger.warn(message);
		}
	}
}

function isWhole({ routes, tags }: DocumentPart): boolean {
	return routes === undefined && tags === undefined;
}
