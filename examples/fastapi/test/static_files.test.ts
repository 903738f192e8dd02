import { mkdirSync, writeFileSync } from "node:fs";
import { before } from "node:test";
import { checkPort } from "./check-port.ts";
import { useWorkingFolder } from "./working-folder.ts";

useWorkingFolder();
before(() => {
	mkdirSync("static");
	writeFileSync("static/sample.txt", "This is a sample static file.");
});

checkPort("static_files.tutorial001", [
	["GET /static/sample.txt", 200, "This is a sample static file."],
	["GET /static/non_existent_file.txt", 404, { detail: "Not Found" }],
]);
