import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
	type ErrorDetail,
	ResponseValidationError,
} from "../errors/validation-error.ts";
import { decodeJson } from "../json/decode.ts";
import { encodeJson, encodeKnownJson } from "../json/encode.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import type { CompiledSchema } from "../schema/compiled-schema.ts";
import { libraryOf } from "../schema/read-schema.ts";
import type { Parsed } from "../schema/shape/parsed.ts";
import { someShape } from "../schema/shape/shape.ts";

/** `undefined` for what is no message of the channel. */
export type ReadMessage = { readonly value: unknown } | undefined;

const location = ["message"];

/** The messages of a channel as they are kept: JSON, by the channel's schema. */
export class MessageText {
	readonly #schema: CompiledSchema;
	readonly #name: string;
	#hasTransforms: boolean | undefined;

	/** @param name how the channel is called, for errors */
	constructor(schema: StandardSchemaV1, name: string) {
		this.#schema = compileSchema(schema);
		this.#name = name;
	}

	/**
	 * The text of a message, of which each reader will make the message again: what can't be read again is told to who publishes it, and not to
	 * each reader.
	 *
	 * @throws ResponseValidationError for what the schema refuses, now or when it is read; TypeError for what is not JSON
	 */
	async write(message: unknown): Promise<string> {
		const encoded = await this.#schema.encode(message, location);
		if (encoded.errors !== undefined) {
			throw this.#refused(encoded.errors, message, "");
		}
		// a transform is for who reads: it would be applied twice
		const text = this.#transforms
			? encodeJson(message)
			: encodeKnownJson(encoded.value ?? null);
		const { errors } = await this.#schema.parseJson(
			this.#decode(text),
			location,
		);
		if (errors !== undefined) {
			throw this.#refused(errors, message, ", as its readers would get it");
		}
		return text;
	}

	/** The message of a text; `undefined` for one that is none: another version of the program has written it, or another program. */
	read(text: string): ReadMessage | Promise<ReadMessage> {
		let value: unknown;
		try {
			value = this.#decode(text);
		} catch {
			return undefined;
		}
		const parsed = this.#schema.parseJson(value, location);
		return parsed instanceof Promise
			? parsed.then(unlessWrong)
			: unlessWrong(parsed);
	}

	#decode(text: string): unknown {
		const bigints = this.#schema.holdsBigInts;
		return decodeJson(text, { depth: Number.POSITIVE_INFINITY, bigints });
	}

	/** True where the message that is read may be another than the one that was published, with no way back. */
	get #transforms(): boolean {
		const { schema, shape, isEncodedBackwards } = this.#schema;
		this.#hasTransforms ??=
			!isEncodedBackwards &&
			(someShape(shape, ({ change }) => change !== undefined) ||
				!libraryOf(schema).dropsUnknown); // of such a library no transform can be read
		return this.#hasTransforms;
	}

	#refused(
		errors: readonly ErrorDetail[],
		message: unknown,
		how: string,
	): ResponseValidationError {
		const what = `message of channel "${this.#name}"${how}`;
		return new ResponseValidationError(errors, message, "", what);
	}
}

function unlessWrong(parsed: Parsed): ReadMessage {
	return parsed.errors === undefined ? parsed : undefined;
}
