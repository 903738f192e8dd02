import { checkPort, type Row } from "./check-port.ts";
import { invalid, missing } from "./problems.ts";

const content = "<file content>";
const named = (name: string) => new File([content], name);

const noBody: readonly Row[] = ["/files/", "/uploadfile/"].map((path) => [
	`POST ${path}`,
	422,
	invalid(missing(["body", "file"])),
]);

const oneFile: readonly Row[] = [
	["POST /files/", { files: { file: content } }, 200, { file_size: 14 }],
	[
		"POST /files/",
		{ files: { file: "x".repeat(300_000) } },
		200,
		{ file_size: 300_000 },
	],
	[
		"POST /uploadfile/",
		{ files: { file: named("test.txt") } },
		200,
		{ filename: "test.txt" },
	],
];

checkPort("request_files.tutorial001", [
	...noBody,
	[
		"POST /files/",
		{ json: { file: "Foo" } },
		422,
		invalid(missing(["body", "file"])),
	],
	...oneFile,
]);

checkPort("request_files.tutorial001_02", [
	["POST /files/", 200, { message: "No file sent" }],
	["POST /uploadfile/", 200, { message: "No upload file sent" }],
	...oneFile,
]);

checkPort("request_files.tutorial001_03", [...noBody, ...oneFile]);

for (const name of ["request_files.tutorial002", "request_files.tutorial003"]) {
	checkPort(name, [
		["POST /files/", 422, invalid(missing(["body", "files"]))],
		[
			"POST /files/",
			{ json: { file: "Foo" } },
			422,
			invalid(missing(["body", "files"])),
		],
		[
			"POST /files/",
			{ files: { files: [named("a.txt"), "two"] } },
			200,
			{ file_sizes: [14, 3] },
		],
		[
			"POST /uploadfiles/",
			{ files: { files: [named("a.txt"), named("b.txt")] } },
			200,
			{ filenames: ["a.txt", "b.txt"] },
		],
	]);
}
