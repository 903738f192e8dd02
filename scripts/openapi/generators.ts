import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "@hey-api/openapi-ts";
import openapiTS, { astToString } from "openapi-typescript";
import type { OpenApiDocument } from "vivace";

/** Writes what a generator makes of a document into a folder. */
export type Generator = (
	document: OpenApiDocument,
	folder: string,
) => Promise<void>;

export const allGenerators: Readonly<Record<string, Generator>> = {
	"openapi-typescript": async (document, folder) => {
		const nodes = await openapiTS(document as never); // its own type names each member
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, "schema.ts"), astToString(nodes));
	},
	"@hey-api/openapi-ts": async (document, folder) => {
		await createClient({
			input: document as never, // any JSON
			output: { path: join(folder, "client"), module: { extension: ".ts" } },
			plugins: [
				"@hey-api/typescript",
				"@hey-api/client-fetch",
				"@hey-api/sdk",
				"zod",
			],
			logs: { level: "silent" },
		});
	},
};
