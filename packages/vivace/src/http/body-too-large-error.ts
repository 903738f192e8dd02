import { HTTPException } from "../errors/http-exception.ts";

/** A request body that is larger than the limit: 413 with `{"detail": "Request body too large"}`. */
export class BodyTooLargeError extends HTTPException {
	override readonly name = "BodyTooLargeError";
	/** The limit. */
	readonly limitBytes: number;

	constructor(limitBytes: number) {
		super(413, "Request body too large");
		this.limitBytes = limitBytes;
	}
}
