import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import {
	mkdtempSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
	App,
	BackgroundTasks,
	File,
	Form,
	type FormPart,
	type Limits,
	serve,
	UploadFile,
} from "vivace";
import { ClientGoneError } from "vivace/exceptions";
import { z } from "zod";
import { removeAbandonedFiles } from "../../src/http/form/temporary-file.ts";
import { until } from "../support/until.ts";
import { Program } from "./program.ts";
import { RawClient } from "./raw-client.ts";

const folder = mkdtempSync(join(tmpdir(), "vivace-uploads-"));
const folderBefore = process.env.TMPDIR;
process.env.TMPDIR = folder;
after(() => {
	if (folderBefore === undefined) {
		delete process.env.TMPDIR;
	} else {
		process.env.TMPDIR = folderBefore;
	}
	rmSync(folder, { recursive: true });
});

const hasDescriptors = process.platform === "linux";

/** The temporary files that are open, with or without a name. */
function openUploads(pid: number | "self" = "self"): number {
	const files = readdirSync(`/proc/${pid}/fd`).map((name) => {
		try {
			return readlinkSync(`/proc/${pid}/fd/${name}`);
		} catch {
			return ""; // closed since
		}
	});
	return files.filter((path) => path.startsWith(folder)).length;
}

const lines: string[] = [];
const logger = {
	info() {},
	warn() {},
	error: (message: string, error: unknown) =>
		lines.push(`${message}: ${error instanceof Error ? error.message : error}`),
};

function started(declare: (app: App) => void, limits: Limits = {}) {
	const app = new App({ limits, logger });
	declare(app);
	return serve(app, { port: 0, signals: false, log: logger });
}

const boundary = "a-boundary";
const contentType = `content-type: multipart/form-data; boundary=${boundary}`;
const head = (options: string) =>
	`--${boundary}\r\nContent-Disposition: form-data; ${options}\r\n\r\n`;
const last = `\r\n--${boundary}--\r\n`;
const fileHead = head('name="file"; filename="a.bin"');

function upload(url: string, content: Blob | string, name = "file") {
	const body = new FormData();
	body.append(name, new globalThis.File([content], "a.bin"));
	return fetch(url, { method: "POST", body });
}

/** Sends a form in pieces of its own choice. */
async function sendForm(
	port: number,
	pieces: readonly (string | Uint8Array)[],
	...headers: string[]
): Promise<RawClient> {
	const client = await RawClient.open(port);
	const size = pieces.reduce((sum, { length }) => sum + length, 0);
	const hasLength = headers.some((line) => line.startsWith("content-length"));
	client.send(
		"POST / HTTP/1.1",
		"host: test",
		contentType,
		...(hasLength ? [] : [`content-length: ${size}`]),
		...headers,
		"",
		"",
	);
	for (const piece of pieces) {
		client.socket.write(piece, "latin1" as BufferEncoding);
	}
	return client;
}

const large = randomBytes(3 * 1024 * 1024 + 7);
const digest = (bytes: Uint8Array) =>
	createHash("sha256").update(bytes).digest("hex");

describe("an upload past 1 MiB", () => {
	test("lies on disk without a name until the tasks have run, and can be read in all ways", async () => {
		const seen: unknown[] = [];
		const kept: UploadFile[] = [];
		await using server = await started((app) =>
			app.post(
				"/",
				{ file: UploadFile, tasks: BackgroundTasks },
				async ({ file, tasks }) => {
					kept.push(file);
					if (hasDescriptors) {
						assert.equal(openUploads(), 1);
						assert.deepEqual(readdirSync(folder), []);
					}
					const piece = file.slice(1_500_000, 1_500_010);
					const chunks: Uint8Array[] = [];
					for await (const chunk of file.stream()) {
						chunks.push(chunk);
					}
					const form = new FormData();
					form.append("again", file);
					const copied = (await new globalThis.Response(form).formData()).get(
						"again",
					);
					seen.push(
						file.size,
						digest(await file.bytes()),
						digest(new Uint8Array(await file.arrayBuffer())),
						digest(Buffer.concat(chunks)),
						digest(await new globalThis.Response(file).bytes()),
						digest(await new Blob([file]).bytes()),
						digest(await (copied as globalThis.File).bytes()),
						Buffer.from(await piece.bytes()).toString("hex"),
						(await file.read(5)).length,
						(await file.read()).length,
						(await file.read()).length,
					);
					file.seek(3);
					seen.push((await file.read(2)).toString());
					tasks.add(async () => {
						seen.push(digest(await file.bytes()));
					});
					return "";
				},
			),
		);
		assert.equal((await upload(server.url, new Blob([large]))).status, 200);
		await until(() => seen.length === 13);
		const whole = digest(large);
		assert.deepEqual(seen, [
			large.length,
			...Array.from({ length: 6 }, () => whole),
			large.subarray(1_500_000, 1_500_010).toString("hex"),
			5,
			large.length - 5,
			0,
			new Uint8Array(large.subarray(3, 5)).toString(),
			whole,
		]);
		await until(() => !hasDescriptors || openUploads() === 0);
		const gone = /The upload "a.bin" is gone: its request is over/;
		await assert.rejects(async () => kept[0]?.text(), gone);
		assert.throws(() => kept[0]?.saveTo(join(folder, "late")), gone);
	});

	test("is saved whole, or not at all", async () => {
		const path = join(folder, "saved");
		await using server = await started((app) =>
			app.post("/", { file: UploadFile }, async ({ file }) => [
				await file.saveTo(path),
				await file.saveTo(path),
				await file.saveTo(path, { overwrite: false }).catch(({ code }) => code),
				await file
					.saveTo(join(folder, "no-folder", "a"))
					.catch(({ code }) => code),
			]),
		);
		const response = await upload(server.url, new Blob([large]));
		const size = large.length;
		assert.deepEqual(await response.json(), [size, size, "EEXIST", "ENOENT"]);
		assert.equal(digest(readFileSync(path)), digest(large));
		assert.deepEqual(readdirSync(folder), ["saved"]);
		rmSync(path);
	});
});

describe("nothing is left on disk, and the connection is usable or closed,", () => {
	const echo = (app: App) =>
		app.post("/", { file: UploadFile }, ({ file }) => ({ size: file.size }));

	test("when the client goes away in the middle", async () => {
		await using server = await started(echo);
		await using client = await sendForm(
			server.port,
			[fileHead, large],
			`content-length: ${large.length * 2}`,
		);
		await until(() => !hasDescriptors || openUploads() === 1);
		client.socket.destroy();
		await until(() => !hasDescriptors || openUploads() === 0);
		assert.deepEqual(readdirSync(folder), []);
		assert.equal((await upload(server.url, "x")).status, 200);
	});

	test("when the server stops in the middle", async () => {
		const server = await started(echo);
		await using client = await sendForm(
			server.port,
			[fileHead, large],
			`content-length: ${large.length * 2}`,
		);
		await until(() => !hasDescriptors || openUploads() === 1);
		const stopped = server.close();
		client.socket.destroy();
		await stopped;
		assert.equal(hasDescriptors ? openUploads() : 0, 0);
		assert.deepEqual(readdirSync(folder), []);
	});

	test("when the form ends early", async () => {
		await using server = await started(echo);
		await using client = await sendForm(server.port, [fileHead, large]);
		await client.receive(/ends early: the last boundary is missing/);
		assert.match(client.received, /^HTTP\/1.1 400 /);
		assert.equal(hasDescriptors ? openUploads() : 0, 0);
		client.request("/", "connection: close"); // its body was read: it goes on
		await client.receive("405 Method Not Allowed");
	});

	const tooMuch: readonly (readonly [
		string,
		Limits,
		readonly (string | Uint8Array)[],
		number,
		string,
	])[] = [
		[
			"a file is too large",
			{ fileBytes: 2_000_000 },
			[fileHead, large, last],
			413,
			"File exceeded maximum size of 1953KB.",
		],
		[
			"a file is larger than less than 1 KB",
			{ fileBytes: 1000 },
			[fileHead, large, last],
			413,
			"File exceeded maximum size of 1000 bytes.",
		],
		[
			"a form is too large",
			{ formBytes: 2_000_000 },
			[fileHead, large, last],
			413,
			"Request body too large",
		],
		[
			"a text is too large",
			{},
			[head('name="file"'), large, last],
			400,
			"Part exceeded maximum size of 1024KB.",
		],
		[
			"texts together are too large",
			{ fieldBytes: 3_000_000 },
			[head('name="file"'), large, last],
			413,
			"Request body too large",
		],
		[
			"there are too many files",
			{ files: 2 },
			[`${fileHead}\r\n`.repeat(3), large, last],
			400,
			"Too many files. Maximum number of files is 2.",
		],
		[
			"there are 10,000 parts",
			{},
			[`${head("name=a")}x\r\n`.repeat(10_000), last],
			400,
			"Too many fields. Maximum number of fields is 1000.",
		],
		[
			"a boundary is missing",
			{},
			["--x\r\n", large, last],
			400,
			"Invalid multipart data.",
		],
	];
	for (const [what, limits, pieces, status, detail] of tooMuch) {
		test(`when ${what}`, async () => {
			await using server = await started(echo, limits);
			await using client = await sendForm(server.port, pieces);
			await client.closed;
			assert.match(client.received, new RegExp(`^HTTP/1.1 ${status} `));
			assert.ok(client.received.endsWith(JSON.stringify({ detail })));
			assert.equal(hasDescriptors ? openUploads() : 0, 0);
			assert.deepEqual(readdirSync(folder), []);
		});
	}

	test("when its length says that it is too large: nothing of it is asked for", async () => {
		await using server = await started(echo);
		await using client = await sendForm(
			server.port,
			[],
			`content-length: ${1024 ** 3}`,
			"expect: 100-continue",
		);
		await client.closed;
		assert.match(client.received, /^HTTP\/1.1 413 /);
	});

	test("when there is no boundary", async () => {
		await using server = await started(echo);
		const response = await fetch(server.url, {
			method: "POST",
			body: "x",
			headers: { "content-type": "multipart/form-data" },
		});
		assert.deepEqual(
			[response.status, await response.json()],
			[400, { detail: "Missing boundary in multipart." }],
		);
	});

	test("when it can't be kept: 500, with the folder in the log", async () => {
		await using server = await started(echo);
		process.env.TMPDIR = join(folder, "no-folder");
		try {
			lines.length = 0;
			const response = await upload(server.url, new Blob([large]));
			assert.equal(response.status, 500);
			await response.text();
			assert.match(
				lines.join(),
				/an upload could not be kept in .*no-folder.*ENOENT/,
			);
		} finally {
			process.env.TMPDIR = folder;
		}
		assert.equal((await upload(server.url, new Blob([large]))).status, 200);
	});

	test("when the disk takes no more", { skip: !hasDescriptors }, async () => {
		// a limit on the size of a file is the same to the process as a full disk
		const under = [
			"/bin/sh",
			"-c",
			`trap "" XFSZ; ulimit -f 4096; exec "$0" "$@"`,
		];
		await using program = new Program({ file: "uploads.ts", under });
		const port = await program.listens();
		const url = `http://127.0.0.1:${port}`;
		const response = await upload(url, new Blob([large]));
		assert.equal(response.status, 500);
		await response.text();
		await program.writes(/an upload could not be kept in .*file too large/i);
		assert.deepEqual(readdirSync(folder), []);
		assert.equal((await upload(url, "x")).status, 200);
	});

	test("when the process is killed", { skip: !hasDescriptors }, async () => {
		await using program = new Program("uploads.ts");
		await using client = await sendForm(
			await program.listens(),
			[fileHead, large],
			`content-length: ${large.length * 2}`,
		);
		await until(() => openUploads(program.pid) === 1);
		program.kill("SIGKILL");
		await program.ended;
		await client.closed;
		assert.deepEqual(readdirSync(folder), []);
	});

	test("where files can't lose their names", async () => {
		const { promise: seen, resolve } = Promise.withResolvers<unknown>();
		await using server = await started((app) =>
			app.post("/", { file: UploadFile }, async ({ file }) => {
				resolve([readdirSync(folder).length, digest(await file.bytes())]);
				return "";
			}),
		);
		const { platform } = process;
		Object.defineProperty(process, "platform", { value: "darwin" });
		try {
			const response = await upload(server.url, new Blob([large]));
			await response.text();
			assert.deepEqual(await seen, [1, digest(large)]);
			await until(() => readdirSync(folder).length === 0);
		} finally {
			Object.defineProperty(process, "platform", { value: platform });
		}
	});

	test("where files can't lose their names: what the dead have left is removed", async () => {
		await using program = new Program("uploads.ts");
		await program.listens();
		const dead = program.pid;
		program.kill("SIGKILL");
		await program.ended;
		const names = [
			`vivace-upload-${dead}-a`,
			`vivace-upload-${process.pid}-b`,
			"other",
		];
		for (const name of names) {
			writeFileSync(join(folder, name), "");
		}
		await removeAbandonedFiles(folder);
		assert.deepEqual(readdirSync(folder).sort(), ["other", names[1]].sort());
		for (const name of readdirSync(folder)) {
			rmSync(join(folder, name));
		}
	});
});

describe("request.parts()", () => {
	const sizes = (app: App) =>
		app.post("/", async (_, request) => {
			const parts: unknown[] = [];
			for await (const {
				name,
				filename,
				contentType,
				body,
			} of request.parts()) {
				let size = 0;
				for await (const chunk of body) {
					size += chunk.length;
				}
				parts.push([name, filename ?? null, contentType ?? null, size]);
			}
			return parts;
		});

	test("gives the parts in their order, with their heads, and keeps nothing", async () => {
		await using server = await started(sizes, { formBytes: 10 });
		await using client = await sendForm(server.port, [
			`${head("name=a")}12\r\n`,
			fileHead,
			large,
			`\r\n--${boundary}\r\ncontent-disposition: form-data; name="b"; filename=""\r\ncontent-type: Text/Plain\r\n\r\n`,
			last,
		]);
		await client.receive("]]");
		assert.deepEqual(JSON.parse(client.received.split("\r\n\r\n")[1] ?? ""), [
			["a", null, null, 2],
			["file", "a.bin", null, large.length],
			["b", "", "Text/Plain", 0],
		]);
	});

	test("gives a part before the next has come, and lets the client wait", async () => {
		const { promise: first, resolve: isHere } = Promise.withResolvers<void>();
		const { promise: goOn, resolve: letGoOn } = Promise.withResolvers<void>();
		await using server = await started((app) =>
			app.post("/", async (_, request) => {
				const names: string[] = [];
				for await (const part of request.parts()) {
					names.push(part.name);
					isHere();
					await goOn;
				}
				return names;
			}),
		);
		const rest = randomBytes(64 * 1024 * 1024);
		const size = fileHead.length + rest.length + last.length;
		await using client = await sendForm(
			server.port,
			[fileHead],
			`content-length: ${size}`,
		);
		await first;
		client.socket.write(rest);
		client.socket.write(last);
		for (let turn = 0; turn < 100; turn++) {
			await nextTurn();
		}
		assert.ok(client.socket.writableLength > rest.length / 2);
		letGoOn();
		await client.receive('["file"]');
	});

	test("passes over what nobody reads, and can be left", async () => {
		await using server = await started((app) => {
			app.post("/", async (_, request) => {
				for await (const part of request.parts()) {
					if (part.name === "b") {
						return part.text();
					}
				}
				return null;
			});
			app.post("/left", async (_, request) => {
				for await (const part of request.parts()) {
					return part.name;
				}
				return null;
			});
		});
		const pieces = [fileHead, large, `\r\n${head("name=b")}text`, last];
		await using whole = await sendForm(server.port, pieces);
		await whole.receive('"text"');
		const form = new FormData();
		form.append("file", new Blob([large]));
		const left = await fetch(`${server.url}/left`, {
			method: "POST",
			body: form,
		});
		assert.deepEqual(
			[await left.json(), left.headers.get("connection")],
			["file", "close"],
		);
	});

	test("fails when the client goes away, and what was being saved is gone", async () => {
		const { promise: failed, resolve } = Promise.withResolvers<unknown>();
		const path = join(folder, "saved");
		await using server = await started((app) =>
			app.post("/", async (_, request) => {
				for await (const part of request.parts()) {
					await part.saveTo(path).catch((error) => {
						resolve(error);
						throw error;
					});
				}
				return "";
			}),
		);
		await using client = await sendForm(
			server.port,
			[fileHead, large],
			`content-length: ${large.length * 2}`,
		);
		await until(() => readdirSync(folder).length === 1);
		client.socket.destroy();
		assert.ok((await failed) instanceof ClientGoneError);
		await until(() => readdirSync(folder).length === 0);
	});

	test("tells what can't be read", async () => {
		const errors: unknown[] = [];
		await using server = await started(
			(app) => {
				app.post("/", async (_, request) => {
					const before: FormPart[] = [];
					for await (const part of request.parts()) {
						for (const old of before) {
							await assert.rejects(old.text(), /is gone: its content/);
						}
						before.push(part);
						if (part.name === "twice") {
							await part.text();
							await part.bytes().catch(({ message }) => errors.push(message));
						}
						if (part.name === "text") {
							await part.text();
						}
					}
					return "";
				});
			},
			{ fieldBytes: 3 },
		);
		const ask = async (...pieces: string[]) => {
			await using client = await sendForm(
				server.port,
				pieces,
				"connection: close",
			);
			await client.closed;
			return client.received.replace(/\r\n[\s\S]*\r\n\r\n/, " ");
		};
		assert.match(await ask(`${head("name=twice")}x`, last), / 200 /);
		assert.match(
			String(errors),
			/"twice" is gone: its content can be read once/,
		);
		assert.match(
			await ask(`${head("name=text")}1234`, last),
			/ 400 .*Part exceeded maximum size of 3 bytes/,
		);
		assert.match(await ask(`${head("name=a")}x`), / 400 .*ends early/);
		const form = new URLSearchParams({ a: "b" });
		const other = await fetch(server.url, { method: "POST", body: form });
		assert.deepEqual(
			[other.status, await other.json()],
			[415, { detail: "Expected multipart/form-data." }],
		);
	});
});

describe("request.form()", () => {
	test("is read once, for middleware, mounted apps and parameters", async () => {
		const inner = new App();
		inner.post(
			"/",
			{ name: Form(z.string()), file: File() },
			({ name, file }) => [name, file.length],
		);
		const names: unknown[] = [];
		await using server = await started((app) => {
			app.use(async (request, next) => {
				const form = await request.form();
				names.push(...form, form.get("name"), form.getAll("x"), form.get("x"));
				return next(request);
			});
			app.mount("/inner", inner);
		});
		const body = new FormData();
		body.append("name", "a");
		body.append("name", "b");
		body.append("file", new Blob([large]), "c.bin");
		const response = await fetch(`${server.url}/inner/`, {
			method: "POST",
			body,
		});
		assert.deepEqual(await response.json(), ["b", large.length]);
		const [, , [, file]] = names as [unknown, unknown, [string, UploadFile]];
		assert.ok(file instanceof UploadFile);
		assert.deepEqual(names.slice(3), ["b", [], null]);
	});
});
