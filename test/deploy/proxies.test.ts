import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { suite, test } from "node:test";
import { promisify } from "node:util";
import { WebSocket } from "ws";
import { certificate } from "../../packages/vivace/test/server/tls-files.ts";
import { findProgram } from "../../packages/vivace/test/support/find-program.ts";
import { freePort } from "../../packages/vivace/test/support/free-port.ts";
import { Nginx } from "../../packages/vivace/test/support/nginx.ts";
import { until } from "../../packages/vivace/test/support/until.ts";
import { ProxyProcess } from "./proxy-process.ts";
import { recipe } from "./recipe.ts";
import { Shops } from "./shops.ts";
import { clientAddress, secure, send, Visitors } from "./visitors.ts";

const run = promisify(execFile);
const { cert, key } = certificate("first");

interface Proxy extends AsyncDisposable {
	/** The port with TLS. */
	readonly port: number;
	/** Its output, for who wants to know why something failed. */
	readonly log: string;
}

/** Starts each proxy by its recipe, in front of two processes. */
const proxies: Record<string, (shops: Shops) => Promise<Proxy>> = {
	async nginx({ folder, ports: [one, other] }) {
		const plain = await freePort();
		return await Nginx.start((port) =>
			recipe("nginx/shop.conf", [
				["listen 80;", `listen 127.0.0.1:${plain};`],
				["listen 443 ssl", `listen 127.0.0.1:${port} ssl`],
				["/etc/ssl/shop.crt", cert],
				["/etc/ssl/shop.key", key],
				["unix:/run/shop-8001/", `unix:${folder}/shop-${one}/`],
				["unix:/run/shop-8002/", `unix:${folder}/shop-${other}/`],
			]),
		);
	},
	async haproxy({ ports: [one, other] }) {
		const port = await freePort(2);
		const text = recipe("haproxy/haproxy.cfg", [
			["bind :80\n", `bind 127.0.0.1:${port + 1}\n`],
			["bind :443 ", `bind 127.0.0.1:${port} `],
			["/etc/haproxy/shop.pem", "shop.pem"],
			["127.0.0.1:8001", `127.0.0.1:${one}`],
			["127.0.0.1:8002", `127.0.0.1:${other}`],
		]);
		const pem = [await readFile(cert, "utf8"), await readFile(key, "utf8")];
		const started = await ProxyProcess.start(
			["haproxy", "-db", "-f", "haproxy.cfg"],
			{ "haproxy.cfg": text, "shop.pem": pem.join("\n") },
			port,
		);
		return Object.assign(started, { port });
	},
	async caddy({ ports: [one, other] }) {
		const port = await freePort();
		const text = recipe("caddy/Caddyfile", [
			[
				"shop.example.com {",
				// no certificate can be had for it here, and port 80 is not ours
				`{\n\tadmin off\n\tauto_https disable_redirects\n}\n\nhttps://shop.example.com:${port} {\n\ttls ${cert} ${key}`,
			],
			["127.0.0.1:8001", `127.0.0.1:${one}`],
			["127.0.0.1:8002", `127.0.0.1:${other}`],
		]);
		const started = await ProxyProcess.start(
			["caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile"],
			{ Caddyfile: text },
			port,
		);
		return Object.assign(started, { port });
	},
};

for (const [name, startProxy] of Object.entries(proxies)) {
	const place = name === "nginx" ? "sockets" : "ports";
	const isThere =
		findProgram(name) !== undefined || process.env.VIVACE_NO_SKIP === "1";
	suite(`behind ${name}`, {
		skip: isThere ? false : `install ${name}`,
		timeout: 300_000,
	}, () => {
		test("the app knows its client, the scheme and the host, whatever the client says of itself", async () => {
			await using shops = await Shops.start(place);
			await using proxy = await startProxy(shops);
			for (const headers of [
				{},
				{
					"x-forwarded-for": "203.0.113.9",
					"x-forwarded-proto": "gopher",
				},
			]) {
				const { body } = await send(proxy.port, "/who", {
					headers: { host: "shop.example.com", ...headers },
				});
				const { host, ...rest } = JSON.parse(body);
				assert.match(host, /^shop\.example\.com(?::\d+)?$/);
				assert.deepEqual(rest, { scheme: "https", client: clientAddress });
			}
		});

		test("events come one by one, sockets both ways, and an upload reaches the app before it is whole", async () => {
			await using shops = await Shops.start(place);
			await using proxy = await startProxy(shops);
			await assertEventsComeAtOnce(proxy.port, shops);
			await assertSocketWorks(proxy.port);
			await assertUploadStreams(proxy.port, shops);
		});

		test("a rolling restart under load loses nothing and repeats nothing", async () => {
			await using shops = await Shops.start(place);
			await using proxy = await startProxy(shops);
			const visitors = new Visitors(proxy.port, 16);
			const before = visitors.acknowledged.length;
			await until(() => visitors.acknowledged.length > before + 100);
			await restartOneByOne(shops);
			const after = visitors.acknowledged.length;
			await until(() => visitors.acknowledged.length > after + 100);
			await visitors.stop();
			assert.deepEqual(visitors.failures, [], reasonsIn(proxy.log));
			const written = await shops.written();
			assert.deepEqual(written.sort(), visitors.acknowledged.sort());
			assert.deepEqual(shops.ends, [
				[0, null],
				[0, null],
			]);
		});
	});
}

/** The lines of a proxy's log that tell of more than a restart. */
function reasonsIn(log: string): string {
	const lines = log
		.split("\n")
		.filter((line) => /error|warn|alert/i.test(line));
	const others = lines.filter((line) => !/connection refused/i.test(line));
	return others.slice(-10).join("\n");
}

async function assertEventsComeAtOnce(
	port: number,
	shops: Shops,
): Promise<void> {
	const sent = request(secure(port, "/events"));
	sent.end();
	const [answer] = await once(sent, "response");
	const ended = once(answer, "end");
	answer.setEncoding("utf8");
	let text = "";
	answer.on("data", (chunk: string) => {
		text += chunk;
	});
	while (!text.includes('"number":1')) {
		await once(answer, "data"); // the second is not sent before this has come
	}
	await shops.ask("POST", "/events");
	await ended;
	assert.match(text, /"number":2/);
}

async function assertSocketWorks(port: number): Promise<void> {
	const { servername, localAddress, headers } = secure(port, "/");
	const socket = new WebSocket(`wss://127.0.0.1:${port}/echo`, {
		...{ servername, localAddress, headers },
		rejectUnauthorized: false,
	});
	await once(socket, "open");
	socket.send("hello");
	const [message] = await once(socket, "message");
	assert.equal(String(message), `${clientAddress} says hello`);
	socket.close();
	await once(socket, "close");
}

async function assertUploadStreams(port: number, shops: Shops): Promise<void> {
	const size = 20_000_000;
	const sent = request({
		...secure(port, "/uploads"),
		method: "POST",
		headers: { host: "shop.example.com", "content-length": size },
	});
	sent.write(Buffer.alloc(1_000_000));
	await until(async () => {
		const answers = await shops.ask("GET", "/uploads");
		return answers.some((body) => JSON.parse(body).bytes > 0);
	});
	sent.end(Buffer.alloc(size - 1_000_000));
	const [answer] = await once(sent, "response");
	const [body] = await once(answer, "data");
	assert.deepEqual(JSON.parse(String(body)), { bytes: size });
}

/** Runs the recipe's script, with a `systemctl` that restarts the processes of the test. */
async function restartOneByOne(shops: Shops): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), "vivace-systemctl-"));
	const control = createServer((incoming, outgoing) => {
		const [, port = ""] = /shop@(\d+)$/.exec(incoming.url ?? "") ?? [];
		shops.restart(Number(port)).then(
			() => outgoing.end(),
			() => outgoing.writeHead(500).end(),
		);
	}).listen(0, "127.0.0.1");
	await once(control, "listening");
	const { port } = control.address() as AddressInfo;
	try {
		const [one, other] = shops.ports.map(String) as [string, string];
		const script = join(folder, "rolling-restart.sh");
		await writeFile(
			script,
			recipe("systemd/rolling-restart.sh", [
				["8001", one],
				["8002", other],
				["/run/shop-", `${shops.folder}/shop-`],
			]),
		);
		const systemctl = join(folder, "systemctl");
		await writeFile(
			systemctl,
			`#!/bin/sh\nexec curl --fail --silent "http://127.0.0.1:${port}/$1/$2"\n`,
		);
		await chmod(systemctl, 0o755);
		await run("sh", [script], {
			env: {
				...process.env,
				PATH: [folder, process.env.PATH].join(delimiter),
			},
		});
	} finally {
		control.close();
		control.closeAllConnections();
		await rm(folder, { recursive: true });
	}
}
