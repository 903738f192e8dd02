import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { run } from "../published.ts";

/** Copies the programs of this folder into a project that has the package, and runs them on a Node. */
export async function assertServiceRuns(
	node: string,
	project: string,
): Promise<void> {
	for (const program of ["service.ts", "held-server.ts"]) {
		await copyFile(join(import.meta.dirname, program), join(project, program));
	}
	await assertStopsWhatIsHeld(node, project);
	await assertServes(node, project);
}

async function assertStopsWhatIsHeld(node: string, cwd: string): Promise<void> {
	const { stdout } = await run(node, ["held-server.ts"], {
		cwd,
		timeout: 60_000,
	});
	assert.match(
		stdout,
		/answered 1\n(?:.*\n)*released the pool\n(?:.*\n)*stopped\n$/,
	);
}

/** By two workers, until a signal stops them. */
async function assertServes(node: string, cwd: string): Promise<void> {
	const command = ["node_modules/vivace/vivace.js", "run", "service.ts"];
	const service = spawn(
		node,
		[...command, "--port=0", "--host=127.0.0.1", "--workers=2"],
		{ cwd },
	);
	const ended = once(service, "close");
	const printed: string[] = [];
	service.stderr.on("data", (chunk) => printed.push(String(chunk)));
	let isAsked = false;
	for await (const line of createInterface(service.stdout)) {
		printed.push(line);
		const [, url] = /is listening on (http:\/\/[\d.:]+)/.exec(line) ?? [];
		if (url !== undefined) {
			isAsked = true;
			await assertAnswers(url).finally(() => service.kill());
		}
	}
	assert.deepEqual(await ended, [0, null], printed.join("\n"));
	assert.ok(isAsked, printed.join("\n"));
	const releases = printed.filter((line) =>
		line.includes("released the clock"),
	);
	assert.equal(releases.length, 2, printed.join("\n")); // one for each worker
}

async function assertAnswers(url: string): Promise<void> {
	const post = (path: string, body?: FormData) =>
		fetch(url + path, { method: "POST", body: body ?? null });
	const text = async (path: string) => (await fetch(url + path)).text();

	assert.equal((await post("/notes?text=kept")).status, 201);
	assert.equal((await post("/notes?text=refused")).status, 500);
	assert.equal(await text("/notes"), '[{"text":"kept"}]');
	assert.equal(
		await text("/events"),
		'data: {"count":1}\n\ndata: {"count":2}\n\n',
	);
	assert.match(await text("/static/held-server.ts"), /^\/\/ A server that/);

	const form = new FormData();
	form.set("file", new Blob(["ab".repeat(2_000_000)]), "large.txt");
	assert.deepEqual(await (await post("/files", form)).json(), {
		size: 4_000_000,
		end: "ab",
	});
	await sendBehindTheLast(url);
	assert.equal(await echoed(`${url}/echo`, "hello"), "you said hello");
}

/** The request behind one that closes the connection is never answered; it must not hold the stop. */
async function sendBehindTheLast(url: string): Promise<void> {
	const { hostname, port } = new URL(url);
	const client = connect(Number(port), hostname);
	const closed = once(client, "close");
	client.resume();
	client.write(
		["Host: a\r\n", "", "Host: a\r\n"]
			.map((host) => `GET /notes HTTP/1.1\r\n${host}\r\n`)
			.join(""),
	);
	await closed;
}

async function echoed(url: string, message: string): Promise<unknown> {
	const socket = new WebSocket(url.replace("http", "ws"));
	const closed = once(socket, "close");
	await once(socket, "open");
	const answered = once(socket, "message");
	socket.send(message);
	const [{ data }] = await answered;
	socket.close();
	await closed;
	return data;
}
