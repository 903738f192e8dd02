import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import {
	createServer,
	type IncomingHttpHeaders,
	type IncomingMessage,
} from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** A parser of multipart bodies that tells in the events of busboy. */
interface FormParser extends Writable {
	on(event: "field", told: (name: string, value: string) => void): this;
	on(event: "file", told: (name: string, file: Readable) => void): this;
}

/** Makes the parser of a request. */
type MakeParser = (headers: IncomingHttpHeaders) => FormParser;

const folder = await mkdtemp(join(tmpdir(), "bench-uploads-"));
process.on("exit", () => rm(folder, { recursive: true }));

/** Serves the workloads with busboy, or with a fork of it. */
export function serveUploads(make: MakeParser): void {
	createServer(async (incoming, outgoing) => {
		const body = JSON.stringify(await answer(incoming, make));
		outgoing.writeHead(200, {
			"content-type": "application/json",
			"content-length": Buffer.byteLength(body),
		});
		outgoing.end(body);
	}).listen(Number(process.env.PORT));
}

async function answer(
	incoming: IncomingMessage,
	make: MakeParser,
): Promise<object> {
	const parser = () => make(incoming.headers);
	switch (incoming.url) {
		case "/stream":
			return { bytes: (await read(incoming, parser(), count)).bytes };
		case "/spool":
			return { bytes: (await read(incoming, parser(), keep)).bytes };
		case "/login":
			return {
				username: (await read(incoming, parser(), count)).fields.username,
			};
		case "/note":
			return { title: (await read(incoming, parser(), count)).fields.title };
		default:
			return { message: "Hello, world!" };
	}
}

/** The content of a form: its texts, and what became of its files. */
async function read(
	incoming: IncomingMessage,
	parser: FormParser,
	take: (file: Readable) => Promise<number>,
): Promise<{ fields: Record<string, string>; bytes: number }> {
	const fields: Record<string, string> = {};
	const files: Promise<number>[] = [];
	parser.on("field", (name, value) => {
		fields[name] = value;
	});
	parser.on("file", (_name, file) => {
		files.push(take(file));
	});
	await pipeline(incoming, parser);
	const sizes = await Promise.all(files);
	return { fields, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

async function count(file: Readable): Promise<number> {
	let bytes = 0;
	for await (const chunk of file as AsyncIterable<Uint8Array>) {
		bytes += chunk.length;
	}
	return bytes;
}

async function keep(file: Readable): Promise<number> {
	const path = join(folder, crypto.randomUUID());
	const target = createWriteStream(path);
	await pipeline(file, target);
	await rm(path);
	return target.bytesWritten;
}
