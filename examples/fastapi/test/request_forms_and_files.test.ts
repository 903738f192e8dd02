import { checkPort } from "./check-port.ts";
import { invalid, missing } from "./problems.ts";

const all = invalid(
	missing(["body", "file"]),
	missing(["body", "fileb"]),
	missing(["body", "token"]),
);

checkPort("request_forms_and_files.tutorial001", [
	["POST /files/", 422, all],
	["POST /files/", { json: { file: "Foo", token: "Bar" } }, 422, all],
	[
		"POST /files/",
		{ form: { token: "foo" } },
		422,
		invalid(missing(["body", "file"]), missing(["body", "fileb"])),
	],
	[
		"POST /files/",
		{ files: { file: "<file content>" } },
		422,
		invalid(missing(["body", "fileb"]), missing(["body", "token"])),
	],
	[
		"POST /files/",
		{
			form: { token: "foo" },
			files: {
				file: "<file content>",
				fileb: new File(["<file b content>"], "testb.txt", {
					type: "text/plain",
				}),
			},
		},
		200,
		{ file_size: 14, token: "foo", fileb_content_type: "text/plain" },
	],
]);
