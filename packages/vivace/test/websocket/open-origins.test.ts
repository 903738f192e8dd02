import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { App, type AppOptions, Cookie, dependency } from "../../src/index.ts";
import { apiKeyCookie, cookieSession } from "../../src/security.ts";

const warned = async (
	declare: (app: App) => void,
	options: AppOptions = {},
	mode = "development",
): Promise<readonly string[]> => {
	const lines: string[] = [];
	const log = (line: string) => lines.push(line);
	const logger = { info() {}, error() {}, warn: log };
	const app = new App({ ...options, logger });
	declare(app);
	const { NODE_ENV: before } = process.env;
	process.env.NODE_ENV = mode;
	try {
		await app.start({ summary: false });
	} finally {
		if (before === undefined) {
			delete process.env.NODE_ENV;
		} else {
			process.env.NODE_ENV = before;
		}
		await app.stop();
	}
	return lines;
};

const session = cookieSession({
	schema: z.object({ user: z.string() }),
	keys: ["a key of at least 32 bytes, of course"],
} as never);
const key = apiKeyCookie({ name: "key" });
const inner = dependency({ theme: Cookie(z.string().optional()) }, () => 1);

test("in development a socket that reads cookies without a word about origins is one line", async () => {
	for (const params of [
		{ theme: Cookie(z.string().optional()) },
		{ inner },
		{ key },
		{ session },
	]) {
		const [line, ...more] = await warned((app) => {
			app.websocket("/a", params, () => {});
		});
		assert.match(line ?? "", /^WS \/a reads cookies, and pages of any origin/);
		assert.deepEqual(more, []);
	}
	const [both] = await warned((app) => {
		app.websocket("/a", { inner }, () => {});
		app.websocket("/b", { inner }, () => {});
	});
	assert.match(both ?? "", /^WS \/a \(and 1 more\) reads cookies/);
});

test("nothing is told of sockets without cookies, with a word about origins, and in production", async () => {
	const plain = (app: App) => app.websocket("/a", () => {});
	const cookie = (app: App) => app.websocket("/a", { inner }, () => {});
	const said = (app: App) =>
		app.websocket({ path: "/a", allowedOrigins: "any" }, { inner }, () => {});
	assert.deepEqual(await warned(plain), []);
	assert.deepEqual(await warned(said), []);
	assert.deepEqual(
		await warned(cookie, { sockets: { allowedOrigins: "same" } }),
		[],
	);
	assert.deepEqual(await warned(cookie, {}, "production"), []);
});
