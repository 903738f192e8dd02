import { definitionReference } from "../../document/json-schema.ts";
import { placeText } from "../../document/place-text.ts";
import {
	extended,
	lostPatternKey,
	type MarkedSchema,
} from "../../shape/marks.ts";
import { type ZodSchema, zodMetadata } from "./zod-internals.ts";

export type Path = readonly (string | number)[];

/** The state that the readers of one schema share: its definitions, where they are, what they could not say. */
export class ZodReading {
	readonly definitions: Record<string, MarkedSchema> = {};
	/** Where the reader is, in the words of JSON Schema. */
	readonly path: (string | number)[] = [];
	readonly undocumented: Set<string> = new Set();
	/** The places with a pattern that is left out. */
	readonly lostPatterns: Set<string> = new Set();
	/** A part was described by others than the reader, who may have given it definitions of its own. */
	hasForeign = false;
	/** Something stands between input and output. */
	isChanging = false;
	readonly #root: ZodSchema;
	readonly #counts = new Map<string, number>();
	#recursive = 0;
	#isMuted = false;

	constructor(root: ZodSchema) {
		this.#root = root;
	}

	/**
	 * The name of a definition with an id. Two schemas may have one id: they are told apart by a suffix here, and who builds the document
	 * gives them their final names.
	 */
	nameFor(id: string): string {
		const count = (this.#counts.get(id) ?? 0) + 1;
		this.#counts.set(id, count);
		return count === 1 ? id : `${id}__${count}`;
	}

	/** The name of a definition that has no id and contains itself. */
	nameForRecursive(schema: ZodSchema): string {
		if (schema === this.#root) {
			const title = zodMetadata(schema)?.title;
			return typeof title === "string" ? title : "__schema";
		}
		const name = `__schema${this.#recursive}`;
		this.#recursive += 1;
		return name;
	}

	referenceTo(name: string): string {
		return definitionReference(name);
	}

	/** A description with what its author says of it; the place is told if nothing does. */
	described(
		content: MarkedSchema,
		more: MarkedSchema,
		type = "",
	): MarkedSchema {
		const described = extended(content, more);
		if (more.type !== undefined && content.anyOf !== undefined) {
			// it says which types there are: the members would say so again
			delete (described as Record<string, unknown>).anyOf;
		}
		if (content[lostPatternKey] === true && !this.#isMuted) {
			this.lostPatterns.add(placeText(this.path));
		}
		if (hasNoDescription.has(type)) {
			this.report(isBare(described));
		} else if (Object.keys(more).some((keyword) => !annotations.has(keyword))) {
			this.report(false);
		}
		return described;
	}

	/** Notes that the place has no JSON Schema, or that it has one after all. */
	report(isUndocumented: boolean): void {
		if (!this.#isMuted) {
			const place = placeText(this.path);
			this.undocumented[isUndocumented ? "add" : "delete"](place);
		}
	}

	/** Runs what reads no part of the document. */
	unreported<Result>(read: () => Result): Result {
		const before = this.#isMuted;
		this.#isMuted = true;
		try {
			return read();
		} finally {
			this.#isMuted = before;
		}
	}
}

const hasNoDescription = new Set([
	"custom",
	"transform",
	"symbol",
	"function",
	"promise",
]);

function isBare(schema: MarkedSchema): boolean {
	return Object.keys(schema).every((keyword) => annotations.has(keyword));
}

const annotations = new Set([
	"title",
	"description",
	"default",
	"deprecated",
	"examples",
]);
