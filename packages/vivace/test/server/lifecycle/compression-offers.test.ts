import assert from "node:assert/strict";
import { test } from "node:test";
import { rightOffers } from "../../../src/server/lifecycle/compression-offers.ts";

test("offers of compression are accepted as RFC 7692 has them, and others declined", () => {
	for (const [header, right] of [
		["permessage-deflate", "permessage-deflate"],
		[
			"permessage-deflate; client_max_window_bits",
			"permessage-deflate; client_max_window_bits",
		],
		[
			'permessage-deflate;server_max_window_bits=8 ; client_max_window_bits="15"',
			'permessage-deflate;server_max_window_bits=8 ; client_max_window_bits="15"',
		],
		[
			"permessage-deflate; server_no_context_takeover; client_no_context_takeover",
			"permessage-deflate; server_no_context_takeover; client_no_context_takeover",
		],
		["permessage-bzip2, permessage-deflate", " permessage-deflate"],
		["permessage-deflate; x, permessage-deflate", " permessage-deflate"],
		["permessage-deflate; server_max_window_bits", undefined],
		["permessage-deflate; server_max_window_bits=16", undefined],
		['permessage-deflate; server_max_window_bits="9', undefined],
		["permessage-deflate; server_no_context_takeover=1", undefined],
		[
			"permessage-deflate; client_max_window_bits; client_max_window_bits=9",
			undefined,
		],
		["permessage-deflate;;", undefined],
		["x-webkit-deflate-frame", undefined],
		["=;", undefined],
		["", undefined],
		[undefined, undefined],
	] as const) {
		assert.equal(rightOffers(header), right, `${header}`);
	}
});
