import { openApiSteps } from "../openapi/build-openapi.ts";
import type { OpenApiDocument } from "../openapi/operation.ts";
import {
	type WrittenDocument,
	writingSteps,
} from "../openapi/written-document.ts";
import { SlicedWork } from "../time/sliced-work.ts";
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

/** Names the document of everything. */
const whole: DocumentPart = {};

/** One document, and its text where that can be kept. */
interface KeptDocument {
	readonly made: SlicedWork<OpenApiDocument>;
	written?: SlicedWork<WrittenDocument>;
	/** True when the program has it, and may change it: it is written anew for each answer. */
	isGivenAway: boolean;
}

/** The OpenAPI documents of an app: the whole one, and those of a part of its routes. Each is made once, until something is declared. */
export class AppDocuments<State> {
	readonly #options: AppOptions<State, never>;
	readonly #parts: DocumentedParts;
	readonly #told = new Set<string>();
	#count = -1;
	#kept = new WeakMap<DocumentPart, KeptDocument>();

	constructor(options: AppOptions<State, never>, parts: DocumentedParts) {
		this.#options = options;
		this.#parts = parts;
	}

	/**
	 * The document, for the program.
	 * @throws SetupError `VIV_OPTION` for a tag that no path operation has
	 */
	of(part: DocumentPart = whole): OpenApiDocument {
		const kept = this.#keptOf(part);
		kept.isGivenAway = true;
		return kept.made.finish();
	}

	/** The document as it is sent; what is not there yet is made in slices, so that other requests are answered meanwhile. */
	written(
		part: DocumentPart = whole,
	): WrittenDocument | Promise<WrittenDocument> {
		const kept = this.#keptOf(part);
		const done = kept.isGivenAway ? undefined : kept.written?.done;
		return done?.value ?? this.#write(kept);
	}

	/** Makes the whole document in slices, for a function of the program's own that will ask for it; it tells what is wrong with it. */
	async prepare(): Promise<void> {
		await this.#keptOf(whole).made.inSlices().catch(ignore);
	}

	async #write(kept: KeptDocument): Promise<WrittenDocument> {
		const document = await kept.made.inSlices();
		if (kept.isGivenAway) {
			return writtenAtOnce(document);
		}
		kept.written ??= new SlicedWork(writingSteps(document));
		return kept.written.inSlices();
	}

	#keptOf(part: DocumentPart): KeptDocument {
		const count = this.#parts.count();
		if (count !== this.#count) {
			this.#count = count;
			this.#kept = new WeakMap();
		}
		let kept = this.#kept.get(part);
		if (kept === undefined || kept.made.hasFailed) {
			kept = { made: new SlicedWork(this.#steps(part)), isGivenAway: false };
			this.#kept.set(part, kept);
		}
		return kept;
	}

	*#steps(part: DocumentPart): Generator<unknown, OpenApiDocument> {
		const { openapiTags, ...options } = this.#options;
		const operations = partOperations(this.#parts.operations(), part);
		const webhooks = part.webhooks === false ? [] : this.#parts.webhooks();
		yield;
		return yield* openApiSteps(
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

/** The text of a document that nobody keeps. */
export function writtenAtOnce(document: OpenApiDocument): WrittenDocument {
	return new SlicedWork(writingSteps(document)).finish();
}

function isWhole({ routes, tags }: DocumentPart): boolean {
	return routes === undefined && tags === undefined;
}

function ignore(): void {}
