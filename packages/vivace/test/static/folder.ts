import {
	mkdir,
	mkdtempDisposable,
	realpath,
	utimes,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Answer } from "../../src/http/answer.ts";
import { bodyChunks } from "../../src/http/response-body.ts";
import type { App } from "../../src/index.ts";
import { MemoryExchange, MemorySource, textOf } from "../http/memory-source.ts";

export const modified: Date = new Date("2026-01-02T03:04:05Z");
export const lastModified = "Fri, 02 Jan 2026 03:04:05 GMT";

/** A log for apps whose failures a test provokes. */
export const quiet = { error() {}, warn() {}, info() {} };

/** A folder of a test, gone at its end. */
export interface TestFolder extends AsyncDisposable {
	readonly path: string;
	/** Writes a file, dated {@link modified}. */
	write(name: string, content: string | Uint8Array): Promise<string>;
}

export async function folderWith(
	files: Readonly<Record<string, string>> = {},
): Promise<TestFolder> {
	const folder = await mkdtempDisposable(join(tmpdir(), "vivace-static-"));
	const path = await realpath(folder.path);
	const write = async (name: string, content: string | Uint8Array) => {
		const file = join(path, name);
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, content);
		await utimes(file, modified, modified);
		return file;
	};
	for (const [name, content] of Object.entries(files)) {
		await write(name, content);
	}
	return { path, write, [Symbol.asyncDispose]: () => folder.remove() };
}

/** An app's answer to a target, which is sent exactly as it is written. */
export interface Asked {
	readonly status: number;
	readonly text: string;
	readonly headers: Readonly<Record<string, string>>;
}

export async function ask(
	app: App,
	target: string,
	headers: Readonly<Record<string, string>> = {},
	method = "GET",
): Promise<Asked> {
	const exchange = new MemoryExchange(
		new MemorySource({
			method,
			target,
			headers: Object.entries({ host: "testserver", ...headers }),
		}),
	);
	const answer = (await app.handle(exchange)) as Answer; // no socket
	const isSent = method !== "HEAD";
	const text = isSent ? await textOf(bodyChunks(answer.body)) : "";
	await exchange.settle();
	return {
		status: answer.status,
		text,
		headers: Object.fromEntries(answer.headers),
	};
}
