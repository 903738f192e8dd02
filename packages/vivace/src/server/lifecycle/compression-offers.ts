const name = "permessage-deflate";

/** The parameters of an offer that has them, RFC 7692 §7.1. */
const parameter =
	/^(?:(?:server|client)_no_context_takeover|(?:server_max_window_bits|client_max_window_bits)=("?)(?:[89]|1[0-5])\1|client_max_window_bits)$/;

/**
 * The offers of compression that can be accepted; `undefined` for none. Any other is declined, as RFC 7692 §7.1 demands: `ws` refuses the
 * handshake.
 */
export function rightOffers(header: string | undefined): string | undefined {
	const right = header?.split(",").filter(isRight).join(",");
	return right === "" ? undefined : right;
}

function isRight(offer: string): boolean {
	const [extension, ...parameters] = offer
		.split(";")
		.map((part) => part.trim());
	const names = new Set(parameters.map((each) => each.split("=")[0]));
	return (
		extension === name &&
		parameters.every((each) => parameter.test(each)) &&
		names.size === parameters.length
	);
}
