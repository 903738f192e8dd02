import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyHeaders } from "@fastify/busboy";

const folder = await mkdtemp(join(tmpdir(), "bench-uploads-"));
process.on("exit", () => rm(folder, { recursive: true }));

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

/** The content of a form: its texts, and what became of its files. */
async function read(
	incoming: IncomingMessage,
	take: (file: Readable) => Promise<number>,
): Promise<{ fields: Record<string, string>; bytes: number }> {
	const fields: Record<string, string> = {};
	const files: Promise<number>[] = [];
	const parser = new Busboy({ headers: incoming.headers as BusboyHeaders });
	parser.on("field", (name: string, value: string) => {
		fields[name] = value;
	});
	parser.on("file", (_name: string, file: Readable) => {
		files.push(take(file));
	});
	await pipeline(incoming, parser as Writable);
	const sizes = await Promise.all(files);
	return { fields, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

async function answer(incoming: IncomingMessage): Promise<object> {
	switch (incoming.url) {
		case "/stream":
			return { bytes: (await read(incoming, count)).bytes };
		case "/spool":
			return { bytes: (await read(incoming, keep)).bytes };
		case "/login":
			return { username: (await read(incoming, count)).fields.username };
		case "/note":
			return { title: (await read(incoming, count)).fields.title };
		default:
			return { message: "Hello, world!" };
	}
}

createServer(async (incoming, outgoing) => {
	const body = JSON.stringify(await answer(incoming));
	outgoing.writeHead(200, {
		"content-type": "application/json",
		"content-length": Buffer.byteLength(body),
	});
	outgoing.end(body);
}).listen(Number(process.env.PORT));
