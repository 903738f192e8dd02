/**
 * Writes the OpenAPI documents that the tests compare with: of the ports named, or of all that have one. Run it on purpose alone
 * (`npm run openapi -w examples -- body.tutorial001`), read the difference, and let the conformance harness judge the documents.
 */
import {
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { documentFile, documentOf, importPort } from "./check-port.ts";

const folder = mkdtempSync(join(tmpdir(), "vivace-ports-"));
process.chdir(folder); // some of them write files, two read those of folders
mkdirSync("static");
mkdirSync("templates");
process.on("exit", () => rmSync(folder, { recursive: true }));

const named = process.argv.slice(2);
const known = readdirSync(`${import.meta.dirname}/openapi`).map((file) =>
	file.slice(0, -".json".length),
);

for (const name of named.length > 0 ? named : known) {
	const document = await documentOf(await importPort(name));
	writeFileSync(
		documentFile(name),
		`${JSON.stringify(document, null, "\t")}\n`,
	);
}
