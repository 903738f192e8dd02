import { checkPort, type Row } from "./check-port.ts";
import { extra, invalid, missing } from "./problems.ts";

const host = "testserver";
const sent = (headers: Readonly<Record<string, string>>) => ({ headers });

/** The headers that are received, with the `host` beside them. */
const received = (headers: object) => ({
	host,
	x_tag: [],
	"user-agent": "testclient",
	...headers,
});

const minimal: Row = [
	"GET /items/",
	sent({ "save-data": "true" }),
	200,
	{
		host,
		save_data: true,
		if_modified_since: null,
		traceparent: null,
		x_tag: [],
	},
];

const rows: readonly Row[] = [
	minimal,
	[
		"GET /items/",
		sent({
			"save-data": "off",
			"if-modified-since": "yesterday",
			traceparent: "123",
			"x-tag": "one",
		}),
		200,
		{
			host,
			save_data: false,
			if_modified_since: "yesterday",
			traceparent: "123",
			x_tag: ["one"],
		},
	],
	["GET /items/", 422, invalid(missing(["header", "save_data"], received({})))],
];

checkPort("header_param_models.tutorial001", rows);

// headers that every client sends are forbidden too
checkPort("header_param_models.tutorial002", [
	[
		"GET /items/",
		sent({ "save-data": "true", tool: "plumbus" }),
		422,
		invalid(
			extra(["header", "user-agent"], "testclient"), // the client's own headers go first, as HTTPX's
			extra(["header", "tool"], "plumbus"),
		),
	],
]);

checkPort("header_param_models.tutorial003", [
	[
		"GET /items/",
		sent({ save_data: "true", x_tag: "one" }),
		200,
		{
			host,
			save_data: true,
			if_modified_since: null,
			traceparent: null,
			x_tag: ["one"],
		},
	],
	[
		"GET /items/",
		sent({ "save-data": "true" }),
		422,
		invalid(
			missing(["header", "save_data"], received({ "save-data": "true" })),
		),
	],
]);
