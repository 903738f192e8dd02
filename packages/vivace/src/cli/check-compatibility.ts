import { readFile } from "node:fs/promises";
import type { App } from "../app/app.ts";
import { breakingChanges } from "../openapi/breaking-changes.ts";
import type { OpenApiDocument } from "../openapi/operation.ts";
import type { Finding } from "./check-finding.ts";
import { CommandError } from "./command-error.ts";

/** The changes that break clients of a saved document. */
export async function compatibilityFindings(
	app: App,
	file: string,
): Promise<Finding[]> {
	const before = await readDocument(file);
	return breakingChanges(before, app.openapi()).map(
		({ operation, change }) => ({
			level: "error",
			text: `${operation}: ${change}`,
		}),
	);
}

async function readDocument(file: string): Promise<OpenApiDocument> {
	let document: unknown;
	try {
		document = JSON.parse(await readFile(file, "utf8"));
	} catch (cause) {
		throw new CommandError(
			`--against ${file}: ${(cause as Error).message}; write the file with vivace openapi --output ${file}`,
			{ cause },
		);
	}
	if (typeof (document as OpenApiDocument | null)?.openapi !== "string") {
		throw new CommandError(
			`--against ${file}: the file is no OpenAPI document in JSON; write it with vivace openapi --output ${file}`,
		);
	}
	return document as OpenApiDocument; // as far as it is compared
}
