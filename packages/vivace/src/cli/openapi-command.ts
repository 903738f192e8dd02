import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { print } from "./print.ts";
import { seeApp } from "./seen-app.ts";

/** Options of `vivace openapi`. */
export interface OpenApiOptions {
	readonly app?: string;
	/** Path of a file. */
	readonly output?: string;
}

/** Prints the OpenAPI document of an app, or writes it to a file. */
export async function openApiCommand(
	file: string | undefined,
	{ app: name, output }: OpenApiOptions,
): Promise<number> {
	const app = await seeApp(file, name);
	const text = JSON.stringify(app.openapi(), undefined, 2);
	if (output === undefined) {
		await print(text);
		return 0;
	}
	const path = resolve(output);
	await mkdir(dirname(path), { recursive: true });
	await writeFile(path, `${text}\n`);
	return 0;
}
