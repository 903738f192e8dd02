import assert from "node:assert/strict";
import { get } from "node:http";
import { json } from "node:stream/consumers";
import { test } from "node:test";
import { serve } from "vivace";
import { importPort } from "./check-port.ts";

const silent = { info() {}, warn() {}, error() {} };

/** The answer of a server to headers of which some come more than once, as only a socket can send them. */
async function answerTo(
	name: string,
	headers: Readonly<Record<string, string | string[]>>,
): Promise<unknown> {
	await using server = await serve(await importPort(name), {
		port: 0,
		signals: false,
		log: silent,
	});
	return new Promise((resolve, reject) => {
		get(`${server.url}/items/`, { headers, agent: false }, (response) =>
			resolve(json(response)),
		).on("error", reject);
	});
}

test("a header that comes twice is a list of two", async () => {
	assert.deepEqual(
		await answerTo("header_params.tutorial003", {
			"x-token": ["foo", "bar"],
		}),
		{ "X-Token values": ["foo", "bar"] },
	);
});

test("a model of headers takes every value of a list", async () => {
	assert.deepEqual(
		await answerTo("header_param_models.tutorial001", {
			host: "testserver",
			"save-data": "true",
			"x-tag": ["one", "two"],
		}),
		{
			host: "testserver",
			save_data: true,
			if_modified_since: null,
			traceparent: null,
			x_tag: ["one", "two"],
		},
	);
});
