import { checkPort } from "./check-port.ts";
import { invalid, missing } from "./problems.ts";

const data = "SGVsbG8sIFdvcmxkIQ==";

checkPort("json_base64_bytes.tutorial001", [
	[
		"POST /data",
		{ json: { description: "A file", data } },
		200,
		{ description: "A file", content: "Hello, World!" },
	],
	["GET /data", 200, { description: "A plumbus", data: "aGVsbG8=" }],
	[
		"POST /data-in-out",
		{ json: { description: "A plumbus", data } },
		200,
		{ description: "A plumbus", data },
	],
	[
		"POST /data",
		{ json: { description: "A file" } },
		422,
		invalid(missing(["body", "data"], { description: "A file" })),
	],
]);
