import { parseQueryString } from "../query-string.ts";
import { formError, sizeText } from "./form-error.ts";
import { latin1Text } from "./part-head.ts";

const ampersand = 0x26;
const equals = 0x3d;

/** How much of an urlencoded form is taken. */
export interface FieldLimits {
	readonly fields: number;
	readonly fieldBytes: number;
}

/** Takes an urlencoded form in the pieces in which it arrives; a field that is too large is refused while it comes. */
export class UrlencodedParser {
	readonly #limits: FieldLimits;
	readonly #chunks: Uint8Array[] = [];
	#received = 0;
	#fields = 0;
	/** The bytes of the field that is open, name and value, without its first equals sign. */
	#size = 0;
	#hasEquals = false;
	#isOpen = false;

	constructor(limits: FieldLimits) {
		this.#limits = limits;
	}

	/** @throws HTTPException 400, in Starlette's words, for a field too many or too large */
	feed(chunk: Uint8Array): void {
		this.#chunks.push(chunk);
		this.#received += chunk.length;
		let at = 0;
		while (at < chunk.length) {
			const found = chunk.indexOf(ampersand, at);
			const end = found === -1 ? chunk.length : found;
			if (end > at) {
				this.#extend(chunk, at, end);
			}
			if (found !== -1) {
				this.#isOpen = false;
			}
			at = end + 1;
		}
	}

	/** The bytes that are held, without the two marks that a field has at most. */
	get heldBytes(): number {
		return this.#received - 2 * this.#fields;
	}

	/** Names and values: name, value, name, value. Bytes above 127 that are not escaped are latin-1. */
	pairs(): readonly string[] {
		const [first = new Uint8Array(), ...rest] = this.#chunks;
		const whole = rest.length === 0 ? first : Buffer.concat(this.#chunks);
		return parseQueryString(latin1Text(whole));
	}

	#extend(chunk: Uint8Array, from: number, to: number): void {
		const { fields, fieldBytes } = this.#limits;
		if (!this.#isOpen) {
			this.#isOpen = true;
			this.#size = 0;
			this.#hasEquals = false;
			this.#fields++;
			if (this.#fields > fields) {
				throw tooManyFields(fields);
			}
		}
		this.#size += to - from;
		if (!this.#hasEquals) {
			const at = chunk.indexOf(equals, from);
			if (at !== -1 && at < to) {
				this.#hasEquals = true;
				this.#size--;
			}
		}
		if (this.#size > fieldBytes) {
			throw formError(
				`Field exceeded maximum size of ${sizeText(fieldBytes)}.`,
			);
		}
	}
}

/** The error of a form with more fields than are taken. */
export function tooManyFields(limit: number): Error {
	return formError(`Too many fields. Maximum number of fields is ${limit}.`);
}
