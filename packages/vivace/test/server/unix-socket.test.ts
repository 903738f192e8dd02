import assert from "node:assert/strict";
import {
	existsSync,
	lstatSync,
	mkdtempDisposableSync,
	readFileSync,
	renameSync,
	writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startServer, text } from "./port-app.ts";

function folder(): Disposable & { readonly path: string } {
	return mkdtempDisposableSync(join(tmpdir(), "viv-"));
}

/** Resolves to the body of the answer on a Unix socket. */
function get(
	socketPath: string,
	headers: Readonly<Record<string, string>> = {},
): Promise<string> {
	return new Promise((resolve, reject) => {
		const sent = request({ socketPath, path: "/", headers, agent: false });
		sent.on("error", reject);
		sent.on("response", (answer) => {
			let body = "";
			answer.setEncoding("utf8").on("data", (chunk: string) => {
				body += chunk;
			});
			answer.on("end", () => resolve(body));
		});
		sent.end();
	});
}

async function listenAt(path: string): Promise<Server & AsyncDisposable> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(path, resolve));
	return server;
}

test("a server listens on a Unix socket for its owner and group, and removes it when it stops", async () => {
	using place = folder();
	const socketPath = join(place.path, "shop.sock");
	const server = await startServer(() => text("answered"), {
		socketPath,
	});
	assert.equal(await get(socketPath), "answered");
	assert.equal(lstatSync(socketPath).mode & 0o777, 0o660);
	assert.equal(server.url, `unix:${socketPath}`);
	assert.equal(server.host, socketPath);
	assert.equal(server.port, 0);
	assert.match(
		server.log.text,
		/^Vivace is listening on unix:\S+\/shop\.sock$/m,
	);
	await server.close();
	assert.ok(!existsSync(socketPath));
});

test("who may connect can be said", async () => {
	using place = folder();
	const socketPath = join(place.path, "shop.sock");
	await using _ = await startServer(() => text("answered"), {
		socketPath,
		socketMode: 0o600,
	});
	assert.equal(lstatSync(socketPath).mode & 0o777, 0o600);
});

test("a proxy on the other side of a Unix socket is of this machine, and believed unless nobody is", async () => {
	using place = folder();
	const socketPath = join(place.path, "shop.sock");
	const headers = {
		"x-forwarded-for": "192.0.2.1",
		"x-forwarded-proto": "https",
	};
	for (const [trustProxy, seen] of [
		[undefined, "https 192.0.2.1"],
		[false, "http undefined"],
		[["10.0.0.0/8"], "http undefined"],
	] as const) {
		await using _ = await startServer(
			({ source }) => text(`${source.scheme} ${source.client?.host}`),
			{ socketPath, ...(trustProxy !== undefined && { trustProxy }) },
		);
		assert.equal(await get(socketPath, headers), seen);
		assert.equal(await get(socketPath), "http undefined");
	}
});

test("a socket that nobody listens on is replaced", async () => {
	using place = folder();
	const socketPath = join(place.path, "shop.sock");
	const former = await listenAt(join(place.path, "former"));
	renameSync(join(place.path, "former"), socketPath);
	await new Promise((resolve) => former.close(resolve));
	assert.ok(lstatSync(socketPath).isSocket());
	await using _ = await startServer(() => text("answered"), { socketPath });
	assert.equal(await get(socketPath), "answered");
});

test("a socket on which another process listens is left alone", async () => {
	using place = folder();
	const socketPath = join(place.path, "shop.sock");
	await using _ = await startServer(() => text("first"), { socketPath });
	await assert.rejects(
		startServer(() => text("second"), { socketPath }),
		{
			code: "VIV_LISTEN",
			message: /another process listens on the socket \S+shop\.sock; stop it/,
		},
	);
	assert.equal(await get(socketPath), "first");
});

test("a file that is no socket is left alone", async () => {
	using place = folder();
	const socketPath = join(place.path, "shop.sock");
	writeFileSync(socketPath, "precious");
	await assert.rejects(
		startServer(() => text(""), { socketPath }),
		{
			code: "VIV_LISTEN",
			message: /shop\.sock is there and is no socket; it is left as it is/,
		},
	);
	assert.equal(readFileSync(socketPath, "utf8"), "precious");
});

test("what another process has put there meanwhile is not removed at the stop", async () => {
	using place = folder();
	const socketPath = join(place.path, "shop.sock");
	const server = await startServer(() => text("first"), { socketPath });
	const other = await listenAt(join(place.path, "other"));
	renameSync(join(place.path, "other"), socketPath);
	await server.close();
	assert.ok(lstatSync(socketPath).isSocket());
	await other[Symbol.asyncDispose]();
});

test("a path that can't be a socket is refused with the reason", async () => {
	using place = folder();
	const refused = (socketPath: string, message: RegExp) =>
		assert.rejects(
			startServer(() => text(""), { socketPath }),
			{
				code: "VIV_LISTEN",
				message,
			},
		);
	await refused(
		join(place.path, "x".repeat(100)),
		/the path of the socket has \d+ bytes, more than the 94 that fit/,
	);
	await refused(
		join(place.path, "none/shop.sock"),
		/can't be made \(E\w+\); its folder has to be there/,
	);
});

test("a stop waits for what is under way on a Unix socket, and nobody connects any more", async () => {
	using place = folder();
	const socketPath = join(place.path, "shop.sock");
	const begun = Promise.withResolvers<void>();
	const go = Promise.withResolvers<void>();
	const server = await startServer(
		async () => {
			begun.resolve();
			await go.promise;
			return text("answered");
		},
		{ socketPath },
	);
	const answer = get(socketPath);
	await begun.promise;
	const closed = server.close();
	while (existsSync(socketPath)) {
		await new Promise(setImmediate);
	}
	await assert.rejects(get(socketPath), { code: "ENOENT" });
	go.resolve();
	assert.equal(await answer, "answered");
	await closed;
});

test("places that exclude each other are refused", async () => {
	const refused = (options: object, message: RegExp) =>
		assert.rejects(
			startServer(() => text(""), options),
			{ code: "VIV_OPTION", message },
		);
	await refused(
		{ socketPath: "/tmp/a", port: 1 },
		/"socketPath" says where to listen, and so does "port"/,
	);
	await refused(
		{ socketPath: "/tmp/a", fd: 3 },
		/"socketPath" says where to listen, and so does "fd"/,
	);
	await refused({ fd: 3, host: "::" }, /"fd" says where .* "host"/);
	await refused({ socketMode: 0o600 }, /"socketMode" is for a Unix socket/);
	await refused(
		{ socketPath: "/tmp/a", socketMode: 0o1000 },
		/"socketMode" must be a whole number from 0 to 511/,
	);
	await refused({ socketPath: "" }, /socketPath must be the path of a socket/);
	await refused({ fd: -1 }, /fd must be the number of a descriptor/);
	await refused({ fd: "inetd" }, /or "systemd", got "inetd"/);
});

test("a descriptor that is no listening socket is refused with the reason", async () => {
	await assert.rejects(
		startServer(() => text(""), { fd: 2_000_000 }),
		{
			code: "VIV_LISTEN",
			message: /descriptor 2000000 is no socket that listens \(E\w+\)/,
		},
	);
	await assert.rejects(
		startServer(() => text(""), { fd: "systemd" }),
		{
			code: "VIV_LISTEN",
			message: /no socket was passed \(LISTEN_FDS is not set\)/,
		},
	);
});
