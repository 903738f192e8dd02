import type { StandardSchemaV1 } from "@standard-schema/spec";
import { HTTPException } from "../errors/http-exception.ts";
import {
	type ErrorDetail,
	RequestValidationError,
	ResponseValidationError,
} from "../errors/validation-error.ts";
import { WebSocketException } from "../errors/web-socket-errors.ts";
import { decodeJson } from "../json/decode.ts";
import { encodeKnownJson } from "../json/encode.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import type { Parsed } from "../schema/shape/parsed.ts";
import type { Message } from "./inbox.ts";

/** Reads a message by a schema: its value, or all that is wrong with it. */
export type ReadMessage = (message: Message) => Parsed | Promise<Parsed>;

/** Writes a value by a schema. */
export type WriteMessage = (value: unknown) => string | Promise<string>;

const jsonDepth = 200;
const place = "message";

/** A value that is a message by itself; `undefined` for one that is to be written as JSON. */
export function asMessage(value: unknown): Message | undefined {
	if (typeof value === "string" || value instanceof Uint8Array) {
		return value;
	}
	if (value instanceof ArrayBuffer) {
		return new Uint8Array(value);
	}
	return value instanceof DataView
		? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
		: undefined;
}

/** @throws WebSocketException 1003 for bytes */
export function textOf(message: Message): string {
	if (typeof message !== "string") {
		throw new WebSocketException(1003, "expected a text message, got bytes");
	}
	return message;
}

/** @throws WebSocketException 1003 for a text */
export function bytesOf(message: Message): Uint8Array {
	if (typeof message === "string") {
		throw new WebSocketException(1003, "expected bytes, got a text message");
	}
	return message;
}

/** @throws WebSocketException 1007 for what is not JSON */
export function jsonOf(message: Message): unknown {
	try {
		return messageJson(message);
	} catch (cause) {
		throw new WebSocketException(1007, "expected JSON", { cause });
	}
}

/** The closure that reads the messages of a schema: JSON as text, or as bytes of UTF-8. */
export function compileReader(schema: StandardSchemaV1): ReadMessage {
	const { parseJson, holdsBigInts } = compileSchema(schema);
	const location = [place];
	return (message) => {
		let value: unknown;
		try {
			value = messageJson(message, holdsBigInts);
		} catch (error) {
			if (error instanceof RequestValidationError) {
				return { errors: error.errors.map(ofMessage) };
			}
			if (error instanceof HTTPException) {
				return { errors: [unreadable] };
			}
			throw error;
		}
		return parseJson(value, location, { isOwn: true });
	};
}

/** @throws RequestValidationError, HTTPException for what is not JSON */
function messageJson(message: Message, bigints = false): unknown {
	return decodeJson(message, { depth: jsonDepth, bigints });
}

const unreadable: ErrorDetail = {
	type: "json_invalid",
	loc: [place],
	msg: "The message is not UTF-8, or nested too deeply",
};

function ofMessage(detail: ErrorDetail): ErrorDetail {
	return { ...detail, loc: [place, ...detail.loc.slice(1)] };
}

/** The closure that writes values by a schema, as JSON. */
export function compileWriter(
	schema: StandardSchemaV1,
	where: string,
): WriteMessage {
	const { encode } = compileSchema(schema);
	const location = [place];
	const write = (parsed: Parsed, value: unknown): string => {
		if (parsed.errors !== undefined) {
			throw new ResponseValidationError(parsed.errors, value, where, place);
		}
		return encodeKnownJson(parsed.value ?? null);
	};
	return (value) => {
		const parsed = encode(value, location);
		return parsed instanceof Promise
			? parsed.then((later) => write(later, value))
			: write(parsed, value);
	};
}

/** Closes with 1007 (RFC 6455 §7.4.1: data that is not consistent with the type of the message) and says what is wrong. */
export function wrongMessage(errors: readonly ErrorDetail[]): Error {
	const reason = errors.map(inWords).join("; ");
	return new WebSocketException(1007, reason, {
		cause: new RequestValidationError(errors),
	});
}

function inWords({ type, loc, msg }: ErrorDetail): string {
	const place = loc.slice(1).join(".");
	if (type !== "json_invalid") {
		return place === "" ? msg : `${place}: ${msg}`;
	}
	return place === "" ? msg : `${msg} at character ${place}`;
}

const mostReasonBytes = 123;

/** As much of a reason as a close frame can hold, RFC 6455 §5.5. */
export function fittingReason(reason: string): string {
	if (reason.length * 3 <= mostReasonBytes) {
		return reason;
	}
	const bytes = new TextEncoder().encode(reason.toWellFormed());
	if (bytes.length <= mostReasonBytes) {
		return reason;
	}
	let end = mostReasonBytes;
	while (((bytes[end] ?? 0) & 0xc0) === 0x80) {
		end--; // in the middle of a character
	}
	return new TextDecoder().decode(bytes.subarray(0, end));
}
