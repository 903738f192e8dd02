import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { App, PlainTextResponse } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const quiet = { error() {}, warn() {}, info() {} };
const mounts = ["/sub", "/ünter", "/deep/er"];

/** An app with a route that ends with a slash, one that doesn't and one that tells what it sees, `depth` mounts down. */
function nested(depth: number, rootPath = ""): App {
	let app = new App({ logger: quiet, rootPath: depth === 0 ? rootPath : "" });
	app.get("/y/", () => "y");
	app.get("/z", () => "z");
	app.get("/see/{rest:path}", ({ rest }, request) => ({
		rest,
		url: request.url,
		path: request.path,
		search: request.search,
		route: request.route?.path,
	}));
	for (let level = depth - 1; level >= 0; level--) {
		const outer = new App({
			logger: quiet,
			rootPath: level === 0 ? rootPath : "",
		});
		outer.mount(mounts[level] as string, app);
		app = outer;
	}
	return app;
}

describe("a redirect of slashes", () => {
	const paths: [sent: string, location: string][] = [
		["/y", "/y/"],
		["/y?q=1", "/y/?q=1"],
		["/z/", "/z"],
		["/z///?q=%2F&r=a+b", "/z?q=%2F&r=a+b"],
		["/%79?q=%3F", "/%79/?q=%3F"],
	];
	for (const depth of [0, 1, 2, 3]) {
		const below = encodeURI(mounts.slice(0, depth).join(""));
		for (const rootPath of ["", "/api"]) {
			test(`goes to the right place ${depth} mounts down with the root path "${rootPath}"`, async () => {
				const app = nested(depth, rootPath);
				await using client = await TestClient.start(app, {
					followRedirects: false,
				});
				for (const [sent, location] of paths) {
					// a proxy may take its prefix off or leave it on
					for (const prefix of new Set(["", rootPath])) {
						const response = await client.get(prefix + below + sent);
						assert.equal(response.status, 307, prefix + below + sent);
						assert.equal(
							response.headers.get("location"),
							`http://testserver${rootPath}${below}${location}`,
						);
					}
				}
			});
		}
	}

	test("leads to the root of a mount and keeps its query", async () => {
		await using client = await TestClient.start(nested(1, "/api"), {
			followRedirects: false,
		});
		for (const sent of ["/sub?q=1", "/%73ub?q=1", "/api/sub?q=1"]) {
			const response = await client.get(sent);
			const location = response.headers.get("location");
			assert.equal(
				location,
				`http://testserver/api/${sent.includes("%") ? "%73ub" : "sub"}/?q=1`,
			);
		}
	});
});

describe("what is mounted", () => {
	const rests: [sent: string, rest: string, search: string][] = [
		["/sub/see/a", "a", ""],
		["/sub/see/a%3Fadmin=1", "a?admin=1", ""],
		["/sub/see/a%23b?q=1", "a#b", "?q=1"],
		["/%73ub/see/a%3Fadmin=1", "a?admin=1", ""],
		["/%73%75b/see/a%23b?q=%26", "a#b", "?q=%26"],
		["/sub%2Fsee/a%2Fb", "a/b", ""],
		["/sub%2fsee%2Fa%25", "a%", ""],
		["/sub/see/%zz", "%zz", ""],
		["/sub/see//x", "/x", ""],
	];
	for (const [sent, rest, search] of rests) {
		test(`sees of ${sent} the path as it was sent`, async () => {
			await using client = await TestClient.start(nested(1));
			const response = await client.get(sent);
			assert.deepEqual(await response.json(), {
				rest,
				url: `http://testserver${sent}`,
				path: `/see/${rest}`,
				search,
				route: "/sub/see/{rest}",
			});
		});
	}

	test("sees below a path that is not ASCII what was sent too", async () => {
		await using client = await TestClient.start(nested(2));
		for (const between of ["/ünter", "/%C3%BCnter", "/%C3%BC%6eter"]) {
			const response = await client.get(`/sub${between}/see/a%3Fb`);
			assert.equal(((await response.json()) as { rest: string }).rest, "a?b");
		}
	});

	test("that answers web requests gets a path that begins with a slash, at any depth", async () => {
		const echo = {
			fetch: ({ url }: globalThis.Request) => {
				const { pathname, search } = new URL(url);
				return Response.json({ pathname, search });
			},
		};
		const sub = new App({ logger: quiet });
		sub.mount("/web", echo);
		const app = new App({ logger: quiet, rootPath: "/api" });
		app.mount("/web", echo);
		app.mount("/sub", sub);
		await using client = await TestClient.start(app);
		const paths: [string, string][] = [
			["/web/a?q=1", "/a?q=1"],
			["/web%2Fa?q=1", "/a?q=1"],
			["/w%65b/a%3Fb%23c", "/a%3Fb%23c"],
			["/sub/web%2Fa", "/a"],
			["/sub/web/a", "/a"],
			["/api/web/a", "/a"],
			["/api/sub/w%65b/", "/"],
		];
		for (const [sent, seen] of paths) {
			const response = await client.get(sent);
			assert.equal(response.status, 200, sent);
			const { pathname, search } = (await response.json()) as {
				readonly pathname: string;
				readonly search: string;
			};
			assert.equal(pathname + search, seen, sent);
		}
	});
});

describe("a mounted target that answers web requests", () => {
	for (const [given, told] of [
		[undefined, "undefined"],
		[{ status: 200 }, "an object"],
		["text", '"text"'],
	] as const) {
		test(`is named when it gives ${told}`, async () => {
			const lines: string[] = [];
			const error = (message: unknown, cause?: unknown) =>
				lines.push(`${message}: ${cause}`);
			const logger = { ...quiet, error };
			const sub = new App({ logger });
			sub.mount("/web", { fetch: () => given as never });
			const app = new App({ logger });
			app.mount("/sub", sub);
			const throwServerErrors = false;
			await using client = await TestClient.start(app, { throwServerErrors });
			assert.equal((await client.get("/sub/web/a")).status, 500);
			assert.match(
				lines.join("\n"),
				new RegExp(
					`TypeError: /sub/web: fetch\\(request\\) of what is mounted gave ${told}, which is no web-standard Response`,
				),
			);
		});
	}
});

describe("a root path", () => {
	test("is taken off where the proxy has left it on, and may be absent", async () => {
		const sub = new App({ logger: quiet });
		sub.get("/x", (_, request) => request.rootPath);
		const app = new App({ rootPath: "/api", logger: quiet, health: true });
		app.get("/items/{id}", ({ id }, request) => [id, request.rootPath]);
		app.get("/apis", () => "not below it");
		app.mount("/sub", sub);
		await using client = await TestClient.start(app);
		for (const prefix of ["", "/api", "/%61pi"]) {
			const bodyOf = async (path: string) => {
				const response = await client.get(prefix + path);
				assert.equal(response.status, 200, prefix + path);
				return response.text();
			};
			assert.equal(await bodyOf("/items/5"), '["5","/api"]');
			assert.match(
				await bodyOf("/openapi.json"),
				/"servers":\[\{"url":"\/api"/,
			);
			assert.match(await bodyOf("/docs"), /\/api\/openapi\.json/);
			await bodyOf("/livez");
			assert.equal(await bodyOf("/sub/x"), '"/api/sub"');
			assert.match(
				await bodyOf("/sub/openapi.json"),
				/"servers":\[\{"url":"\/api\/sub"/,
			);
		}
		assert.equal((await client.get("/apis")).status, 200);
		assert.equal((await client.get("/api/api/items/5")).status, 404);
	});

	test("that the server says is taken off too", async () => {
		const app = new App({ logger: quiet });
		app.get("/", (_, request) => new PlainTextResponse(request.rawPath));
		await using client = await TestClient.start(app, { rootPath: "/v1/" });
		assert.equal(await (await client.get("/")).text(), "/");
		assert.equal(await (await client.get("/v1/")).text(), "/v1/");
		assert.equal(await (await client.get("/v1")).text(), "/v1/"); // redirected
	});
});
