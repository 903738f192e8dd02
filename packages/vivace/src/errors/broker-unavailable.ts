import { HTTPException } from "./http-exception.ts";

/** Options of {@link BrokerUnavailableError}. */
export interface BrokerUnavailableOptions extends ErrorOptions {
	/** True when the message may have been stored. Default: false. */
	readonly isOutcomeUnknown?: boolean;
}

/**
 * The broker of a channel can't be reached, or refuses. Where no handler of yours answers it, the client gets 503 with `Retry-After: 1`.
 */
export class BrokerUnavailableError extends HTTPException {
	override readonly name = "BrokerUnavailableError";
	/** True when the message may have been stored, and may come to readers: whoever publishes it again should expect it twice. */
	readonly isOutcomeUnknown: boolean;

	/** @param message for the log; the client is not told */
	constructor(
		message: string,
		{ isOutcomeUnknown = false, cause }: BrokerUnavailableOptions = {},
	) {
		super(503, undefined, { headers: { "Retry-After": "1" }, cause });
		this.message = message;
		this.isOutcomeUnknown = isOutcomeUnknown;
	}
}
