import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { App } from "../app/app.ts";
import type { OpenApiDocument } from "../openapi/operation.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";
import { seeApp } from "./seen-app.ts";

/** Options of `vivace openapi`. */
export interface OpenApiOptions {
	readonly app?: string;
	/** Path of a file. */
	readonly output?: string;
	/** `openapiUrl` of a document of a part of the routes. Default: the whole. */
	readonly document?: string;
}

/** Prints the OpenAPI document of an app, or writes it to a file. */
export async function openApiCommand(
	file: string | undefined,
	{ app: name, output, document }: OpenApiOptions,
): Promise<number> {
	const app = await seeApp(file, name);
	const made = document === undefined ? app.openapi() : part(app, document);
	const text = JSON.stringify(made, undefined, 2);
	if (output === undefined) {
		await print(text);
		return 0;
	}
	const path = resolve(output);
	await mkdir(dirname(path), { recursive: true });
	await writeFile(path, `${text}\n`);
	return 0;
}

function part(app: App, path: string): OpenApiDocument {
	const make = app.publishedDocuments.get(path);
	if (make === undefined) {
		const known = [...app.publishedDocuments.keys()];
		throw new CommandError(
			`The app has no document at ${path}; ${known.length === 0 ? "it has none beside the whole one" : `beside the whole one it has ${known.join(", ")}`}`,
		);
	}
	return make();
}
