import assert from "node:assert/strict";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { z } from "zod";
import {
	App,
	BackgroundTasks,
	dependency,
	Header,
	HTTPException,
	Query,
	Response,
	Router,
	SetupError,
} from "../../src/index.ts";
import { httpBearer } from "../../src/security.ts";
import type { FrontendOptions } from "../../src/static.ts";
import { ask, folderWith, quiet, type TestFolder } from "../static/folder.ts";

const page = { accept: "text/html" };
const notFound = '{"detail":"Not Found"}';

type Fallback = NonNullable<FrontendOptions["fallback"]> | null;

function frontApp(
	folder: TestFolder,
	options: Omit<FrontendOptions, "directory"> = {},
): App {
	const app = new App({ logger: quiet });
	app.frontend("/", { directory: folder.path, ...options });
	return app;
}

/** Status and text, which is what most of these tests are about. */
async function told(...asked: Parameters<typeof ask>) {
	const { status, text } = await ask(...asked);
	return `${status} ${text}`;
}

suite("the files of a front end", () => {
	test("are sent as static files are", async () => {
		await using folder = await folderWith({ "assets/app.js": "ok()" });
		const app = frontApp(folder);
		const file = await ask(app, "/assets/app.js");
		assert.equal(file.text, "ok()");
		assert.ok("etag" in file.headers && "last-modified" in file.headers);
		const { etag = "" } = file.headers;
		const again = await ask(app, "/assets/app.js", { "if-none-match": etag });
		assert.deepEqual([again.status, again.headers], [304, { etag }]);
		const part = await ask(app, "/assets/app.js", { range: "bytes=0-1" });
		assert.deepEqual([part.status, part.text], [206, "ok"]);
		const head = await ask(app, "/assets/app.js", {}, "HEAD");
		assert.deepEqual([head.status, head.headers["content-length"]], [200, "4"]);
	});

	test("have pages, and folders lead to their slash", async () => {
		await using folder = await folderWith({
			"index.html": "home",
			"about/index.html": "about",
		});
		const app = frontApp(folder);
		assert.equal(await told(app, "/"), "200 home");
		assert.equal(await told(app, "/about/"), "200 about");
		const redirect = await ask(app, "/about?q=1");
		assert.equal(redirect.status, 307);
		assert.equal(redirect.headers.location, "http://testserver/about/?q=1");
	});

	test("take the cache rules and compressed neighbours of static files", async () => {
		await using folder = await folderWith({
			"assets/app.3f2a9c1b.js": "plain",
			"assets/app.3f2a9c1b.js.br": "br",
			"index.html": "home",
		});
		const app = frontApp(folder, { cache: "immutable", precompressed: true });
		const accepting = { "accept-encoding": "br" };
		const asset = await ask(app, "/assets/app.3f2a9c1b.js", accepting);
		assert.equal(asset.text, "br");
		assert.match(asset.headers["cache-control"] ?? "", /immutable/);
		const shell = await ask(app, "/deep/link", page);
		assert.equal(shell.headers["cache-control"], "no-cache");
	});
});

suite("a path operation goes before a front end", () => {
	const files = { "index.html": "front", api: "file", "api2/index.html": "x" };

	test("whichever was declared first", async () => {
		await using folder = await folderWith(files);
		const app = frontApp(folder);
		app.get("/api", () => "api");
		assert.equal(await told(app, "/api", page), '200 "api"');
	});

	test("also where it answers 404 or knows another method", async () => {
		await using folder = await folderWith(files);
		const app = frontApp(folder, { fallback: "index.html" });
		app.get("/api", () => {
			throw new HTTPException(404, "api missing");
		});
		assert.equal(await told(app, "/api", page), '404 {"detail":"api missing"}');
		const other = await ask(app, "/api", page, "POST");
		assert.equal(other.status, 405);
		assert.equal(other.headers.allow, "GET");
	});

	test("also where only its slash is missing", async () => {
		await using folder = await folderWith(files);
		const app = frontApp(folder);
		app.get("/api2/", () => "api");
		const redirect = await ask(app, "/api2");
		assert.equal(redirect.headers.location, "http://testserver/api2/");
		assert.equal(await told(app, "/api2/"), '200 "api"');
	});

	test("also in a router that is included later, and in what is mounted", async () => {
		await using folder = await folderWith(files);
		const site = new Router();
		site.frontend("/", { directory: folder.path, fallback: "index.html" });
		const api = new Router();
		api.get("/api", () => "api");
		const app = new App();
		app.include(site);
		app.include(api);
		const mounted = new App();
		mounted.get("/x", () => "mounted");
		app.mount("/sub", mounted);
		assert.equal(await told(app, "/api", page), '200 "api"');
		assert.equal(await told(app, "/sub/x", page), '200 "mounted"');
		assert.equal(await told(app, "/sub/none", page), `404 ${notFound}`);
		assert.equal(await told(app, "/other", page), "200 front");
	});
});

suite("a path without a file", () => {
	const shell = { "index.html": "shell" };
	const missing = { "404.html": "missing" };
	const both = { ...shell, ...missing };

	for (const [name, fallback, files, answers] of [
		["auto, with both pages", "auto", both, ["404 missing", "404 missing"]],
		["auto, with a shell", "auto", shell, ["200 shell", `404 ${notFound}`]],
		["auto, with no page", "auto", {}, [`404 ${notFound}`, `404 ${notFound}`]],
		["index.html", "index.html", both, ["200 shell", `404 ${notFound}`]],
		["404.html", "404.html", both, ["404 missing", "404 missing"]],
		["null", null, both, [`404 ${notFound}`, `404 ${notFound}`]],
	] as const) {
		test(`fallback ${name}`, async () => {
			await using folder = await folderWith(files);
			const app = frontApp(folder, { fallback: fallback as Fallback });
			assert.deepEqual(
				[
					await told(app, "/deep/link", page),
					await told(app, "/assets/none.js", { accept: "*/*" }),
				],
				answers,
			);
		});
	}

	test("is a page for those who ask for one by name", async () => {
		await using folder = await folderWith(shell);
		const app = frontApp(folder);
		for (const [accept, expected] of [
			["text/html", true],
			["TEXT/HTML", true],
			["application/xhtml+xml", true],
			["text/html; charset=utf-8; q=0.8", true],
			["text/html;q=wat", true],
			["text/html;q=0.001, */*", true],
			["application/json, text/html;q=0.1", true],
			["text/html;q=0, application/xhtml+xml", true],
			["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true],
			["text/html; q=0", false],
			["text/html; q=0.0, */*; q=1", false],
			["application/xhtml+xml;q=0.000, */*", false],
			["*/*", false],
			["text/*", false],
			["text/css", false],
			["application/json", false],
			["text/html5", false],
			["", false],
		] as const) {
			const { status } = await ask(app, "/users/jane.doe", { accept });
			assert.equal(status, expected ? 200 : 404, accept);
			const head = await ask(app, "/v/1.2.3", { accept }, "HEAD");
			assert.equal(head.status, expected ? 200 : 404, accept);
			assert.equal(head.text, "");
		}
		assert.equal((await ask(app, "/deep")).status, 404);
	});

	test("has ranges and 304 for the shell, and never 304 for a 404", async () => {
		await using folder = await folderWith(both);
		const shelled = frontApp(folder, { fallback: "index.html" });
		const { etag = "" } = (await ask(shelled, "/a", page)).headers;
		const known = { ...page, "if-none-match": etag };
		assert.equal((await ask(shelled, "/b", known)).status, 304);
		const part = await ask(shelled, "/b", { ...page, range: "bytes=0-1" });
		assert.deepEqual([part.status, part.text], [206, "sh"]);
		const app = frontApp(folder);
		const lost = await ask(app, "/a");
		const again = { "if-none-match": lost.headers.etag ?? "" };
		// FastAPI says 304 here; RFC 9110 §13.2.1: what would not be a success has no conditions
		assert.equal((await ask(app, "/a", again)).status, 404);
	});

	test("may be a folder without a page", async () => {
		await using folder = await folderWith({ ...shell, "empty/x.txt": "x" });
		const app = frontApp(folder);
		assert.equal(await told(app, "/empty/", page), "200 shell");
		assert.equal(await told(app, "/empty"), `404 ${notFound}`);
	});
});

suite("other methods", () => {
	for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
		test(`${method} is 405 where there is something, else 404`, async () => {
			await using folder = await folderWith({
				"index.html": "shell",
				"404.html": "missing",
				"asset.txt": "x",
				"about/index.html": "about",
				"empty/x.txt": "x",
			});
			const app = frontApp(folder);
			const statuses = await Promise.all(
				["/", "/asset.txt", "/about", "/about/", "/empty/", "/deep/link"].map(
					async (path) => (await ask(app, path, page, method)).status,
				),
			);
			assert.deepEqual(statuses, [405, 405, 405, 405, 404, 404]);
		});
	}
});

suite("the path of a front end", () => {
	test("ends with a segment", async () => {
		await using folder = await folderWith({
			"index.html": "shell",
			"a.txt": "a",
		});
		const app = new App();
		app.frontend("/app/", { directory: folder.path });
		assert.equal(await told(app, "/app/a.txt"), "200 a");
		assert.equal(await told(app, "/%61pp/a.txt"), "200 a");
		assert.equal(await told(app, "/app/deep", page), "200 shell");
		assert.equal(await told(app, "/application", page), `404 ${notFound}`);
		const redirect = await ask(app, "/app");
		assert.equal(redirect.headers.location, "http://testserver/app/");
	});

	test("of several the longest counts, for every method", async () => {
		await using site = await folderWith({
			"index.html": "site",
			"admin/link": "the site's",
		});
		await using admin = await folderWith({ "index.html": "admin" });
		const app = new App();
		app.frontend("/", { directory: site.path });
		app.frontend("/admin", { directory: admin.path });
		assert.equal(await told(app, "/admin/link", page), "200 admin");
		assert.equal(await told(app, "/link", page), "200 site");
		assert.equal((await ask(app, "/admin/link", page, "POST")).status, 404);
	});

	test("stands behind all prefixes, as often as a router is included", async () => {
		await using folder = await folderWith({ "index.html": "x", "a.txt": "a" });
		const child = new Router({ prefix: "/child" });
		child.frontend("/ui", { directory: folder.path });
		const parent = new Router();
		parent.include(child, { prefix: "/inner" });
		const app = new App();
		app.include(parent, { prefix: "/one" });
		app.include(parent, { prefix: "/two" });
		for (const prefix of ["/one", "/two"]) {
			const below = `${prefix}/inner/child/ui`;
			assert.equal(await told(app, `${below}/a.txt`), "200 a");
			assert.equal(await told(app, `${below}/deep`, page), "200 x");
		}
		assert.equal(await told(app, "/inner/child/ui/a.txt"), `404 ${notFound}`);
	});

	test("is found behind a proxy's prefix, and in a mounted app", async () => {
		await using folder = await folderWith({ "about/index.html": "about" });
		const sub = new App();
		sub.frontend("/ui", { directory: folder.path });
		const app = new App({ rootPath: "/api" });
		app.mount("/sub", sub);
		for (const path of ["/sub/ui/about", "/api/sub/ui/about"]) {
			const redirect = await ask(app, path);
			assert.equal(
				redirect.headers.location,
				"http://testserver/api/sub/ui/about/",
			);
			assert.equal(await told(app, `${path}/`), "200 about");
		}
	});

	test("is what request.route and app.routes say, and the document doesn't", async () => {
		await using folder = await folderWith({ "index.html": "x" });
		const sub = new App();
		sub.frontend("/ui", { directory: folder.path });
		const app = new App();
		app.get("/api", function read_api() {
			return "api";
		});
		app.frontend("/", { directory: folder.path });
		app.mount("/sub", sub);
		const seen: unknown[] = [];
		app.use((request, next) => {
			seen.push([request.route?.kind, request.route?.path]);
			return next(request);
		});
		await ask(app, "/deep", page);
		await ask(app, "/sub/ui/deep", page);
		await ask(app, "/deep", page, "POST");
		assert.deepEqual(seen, [
			["frontend", "/"],
			["frontend", "/sub/ui"],
			[undefined, undefined],
		]);
		const { kind, path, methods } = app.routes.at(-1) ?? {};
		assert.deepEqual([kind, path, methods], ["frontend", "/", ["GET", "HEAD"]]);
		assert.deepEqual(Object.keys(app.openapi().paths ?? {}), ["/api"]);
		assert.equal(app.urlPathFor("read_api"), "/api");
	});
});

suite("dependencies of a front end", () => {
	const cookie = (calls: string[]) =>
		dependency((_, request) => {
			calls.push(request.path);
			if (request.cookies.session !== "ok") {
				throw new HTTPException(401);
			}
		});
	const files = { "index.html": "shell", "assets/app.js": "ok()" };

	test("of the app guard every file and the fallback", async () => {
		await using folder = await folderWith(files);
		const calls: string[] = [];
		const app = new App({ dependencies: [cookie(calls)] });
		app.frontend("/", { directory: folder.path });
		const allowed = { ...page, cookie: "session=ok" };
		assert.equal((await ask(app, "/", page)).status, 401);
		assert.equal((await ask(app, "/assets/app.js")).status, 401);
		assert.equal((await ask(app, "/none")).status, 401);
		assert.equal(await told(app, "/", allowed), "200 shell");
		assert.equal(await told(app, "/assets/app.js", allowed), "200 ok()");
		assert.equal(await told(app, "/deep", allowed), "200 shell");
		const paths = ["/", "/assets/app.js", "/none"];
		assert.deepEqual(calls, [...paths, "/", "/assets/app.js", "/deep"]);
		// as in FastAPI, what other methods are told is no secret
		assert.equal((await ask(app, "/assets/app.js", {}, "POST")).status, 405);
		assert.equal((await ask(app, "/none", {}, "POST")).status, 404);
	});

	test("of routers are made from the outside to the inside, for that front end alone", async () => {
		await using folder = await folderWith(files);
		const calls: string[] = [];
		const noting = (name: string) => dependency(() => void calls.push(name));
		const child = new Router({ dependencies: [noting("child")] });
		child.frontend("/ui", { directory: folder.path });
		const parent = new Router({ dependencies: [noting("parent")] });
		parent.include(child, {
			prefix: "/child",
			dependencies: [noting("parent includes")],
		});
		const other = new Router({ dependencies: [noting("other")] });
		other.frontend("/", { directory: folder.path });
		const app = new App({ dependencies: [noting("app")] });
		app.get("/api", () => "api");
		app.include(other);
		app.include(parent, {
			prefix: "/parent",
			dependencies: [noting("app includes")],
		});
		assert.equal(await told(app, "/parent/child/ui/"), "200 shell");
		assert.deepEqual(calls, [
			"app",
			"app includes",
			"parent",
			"parent includes",
			"child",
		]);
		calls.length = 0;
		assert.equal(await told(app, "/api", page), '200 "api"');
		assert.deepEqual(calls, ["app"]);
	});

	test("set headers, cookies and tasks, on every answer to GET", async () => {
		await using folder = await folderWith({
			...files,
			"about/index.html": "about",
		});
		const tasks: string[] = [];
		const setting = dependency(
			{ response: Response, background: BackgroundTasks },
			({ response, background }) => {
				response.headers.set("x-front", "applied");
				response.setCookie("front", "1");
				background.add(() => tasks.push("done"));
			},
		);
		const app = new App({ dependencies: [setting] });
		app.frontend("/", { directory: folder.path });
		const { etag = "" } = (await ask(app, "/assets/app.js")).headers;
		for (const [path, headers, status] of [
			["/", page, 200],
			["/deep", page, 200],
			["/about", {}, 307],
			["/assets/app.js", { "if-none-match": etag }, 304],
			["/assets/app.js", { range: "bytes=0-0" }, 206],
		] as const) {
			tasks.length = 0;
			const answered = await ask(app, path, headers);
			assert.equal(answered.status, status);
			assert.equal(answered.headers["x-front"], "applied");
			assert.match(answered.headers["set-cookie"] ?? "", /^front=1/);
			assert.deepEqual(tasks, ["done"]);
		}
	});

	test("that lack a parameter answer 422", async () => {
		await using folder = await folderWith(files);
		const token = dependency({ token: Query(z.string()) }, () => {});
		const app = new App({ dependencies: [token] });
		app.frontend("/", { directory: folder.path });
		const { status, text } = await ask(app, "/");
		assert.equal(status, 422);
		assert.deepEqual(JSON.parse(text).detail[0].loc, ["query", "token"]);
		assert.equal(await told(app, "/?token=x"), "200 shell");
	});

	test("may be replaced in tests, and need resources that the app starts", async () => {
		await using folder = await folderWith(files);
		const resource = dependency(() => "resource", { scope: "app" });
		const guard = dependency(
			{ resource, key: Header(z.string().nullish()) },
			() => {
				throw new HTTPException(401);
			},
		);
		const app = new App({ dependencies: [guard], logger: quiet });
		app.frontend("/", { directory: folder.path });
		await app.start();
		assert.equal((await ask(app, "/")).status, 401);
		app.overrides.set(
			guard,
			dependency(() => {}),
		);
		assert.equal(await told(app, "/"), "200 shell");
		await app.stop();
	});

	test("have to be there where the app wants credentials for everything", async () => {
		await using folder = await folderWith(files);
		const { path: directory } = folder;
		const open = new App({ requireSecurity: true });
		open.frontend("/", { directory });
		await assert.rejects(open.start(), {
			code: "VIV_SECURITY",
			message: /frontend "\/" needs no security scheme/,
		});
		const stated = new App({ requireSecurity: true });
		stated.frontend("/", { directory, public: true });
		assert.equal(await told(stated, "/"), "200 shell");
		const secured = new App({ requireSecurity: true });
		const router = new Router({ dependencies: [httpBearer()] });
		router.frontend("/", { directory });
		secured.include(router);
		assert.equal((await ask(secured, "/")).status, 401);
		const allowed = { authorization: "Bearer x" };
		assert.equal(await told(secured, "/", allowed), "200 shell");
	});

	test("stand inside of the app's middleware", async () => {
		await using folder = await folderWith(files);
		const calls: string[] = [];
		const app = new App({
			dependencies: [dependency(() => void calls.push("dependency"))],
			routeMiddleware: [
				(request, next) => {
					calls.push("route middleware");
					return next(request);
				},
			],
		});
		app.use(async (request, next) => {
			calls.push("before");
			const response = await next(request);
			calls.push("after");
			return response;
		});
		app.frontend("/", { directory: folder.path });
		assert.equal(await told(app, "/"), "200 shell");
		assert.deepEqual(calls, [
			"before",
			"route middleware",
			"dependency",
			"after",
		]);
	});
});

suite("what a front end never sends", () => {
	test("lies outside of its folder, or is hidden", async () => {
		await using folder = await folderWith({
			"dist/index.html": "shell",
			"dist/.env": "secret",
			"secret.txt": "secret",
		});
		const dist = join(folder.path, "dist");
		await symlink(join(folder.path, "secret.txt"), join(dist, "link.txt"));
		const app = new App();
		app.frontend("/", { directory: dist });
		for (const target of [
			"/../secret.txt",
			"/%2e%2e/secret.txt",
			"/..%2fsecret.txt",
			"/%5c..%5csecret.txt",
			"/..%5csecret.txt",
			"/%252e%252e%252fsecret.txt",
			"/%c0%ae%c0%ae/secret.txt",
			`/${folder.path}/secret.txt`,
			"/link.txt",
			"/.env",
			"/%00",
			`/${"x".repeat(300)}`,
		]) {
			assert.equal(await told(app, target), `404 ${notFound}`, target);
		}
		// a name that no file can have is no path of the front end's either
		assert.equal((await ask(app, "/%00", page)).status, 404);
	});
});

suite("a folder that is not there", () => {
	const directory = "/nonexistent/dist";

	test("is an error at once", () => {
		for (const declare of [
			() => new App().frontend("/", { directory }),
			() => new Router().frontend("/", { directory, checkDirectory: true }),
		]) {
			assert.throws(declare, {
				name: "SetupError",
				message: `VIV_OPTION: frontend("/"): there is no folder ${directory}; make it, name another, or say checkDirectory: false if it comes later.`,
			});
		}
	});

	test("is a warning in development, unless it must be there", (context) => {
		using _ = environment("development");
		const warn = context.mock.method(console, "warn", () => {});
		new App().frontend("/", { directory });
		assert.deepEqual(warn.mock.calls[0]?.arguments, [
			`frontend("/"): there is no folder ${directory} yet.`,
		]);
		assert.throws(
			() => new App().frontend("/", { directory, checkDirectory: true }),
			SetupError,
		);
	});

	test("is an error of the first request where that is asked for", async () => {
		await using folder = await folderWith();
		const errors: unknown[] = [];
		const logger = {
			...quiet,
			error: (_: string, error: unknown) => errors.push(error),
		};
		const app = new App({ logger });
		const later = join(folder.path, "dist");
		app.frontend("/", { directory: later, checkDirectory: false });
		assert.equal((await ask(app, "/a.txt")).status, 500);
		assert.match(
			String(errors[0]),
			/frontend\("\/"\): there is no folder .*dist/,
		);
		await folder.write("dist/a.txt", "a");
		assert.equal(await told(app, "/a.txt"), "200 a");
	});

	test("and so is the page of an explicit fallback", async () => {
		await using folder = await folderWith();
		const { path } = folder;
		for (const fallback of ["index.html", "404.html"] as const) {
			assert.throws(
				() => new App().frontend("/", { directory: path, fallback }),
				{
					message: new RegExp(
						`fallback is "${fallback}", but there is no such file in ${path}`,
					),
				},
			);
			const errors: unknown[] = [];
			const logger = {
				...quiet,
				error: (_: string, error: unknown) => errors.push(error),
			};
			const app = new App({ logger });
			app.frontend("/", { directory: path, fallback, checkDirectory: false });
			assert.equal((await ask(app, "/none", page)).status, 500);
			assert.match(String(errors[0]), new RegExp(`there is no ${fallback} in`));
		}
	});
});

/** Another `NODE_ENV` for a while. */
function environment(name: string): Disposable {
	const { NODE_ENV: before } = process.env;
	process.env.NODE_ENV = name;
	return {
		[Symbol.dispose]() {
			if (before === undefined) {
				delete process.env.NODE_ENV;
			} else {
				process.env.NODE_ENV = before;
			}
		},
	};
}

suite("what can't be declared", () => {
	const { dirname: directory } = import.meta;

	for (const [name, declare, message] of [
		[
			"an empty path",
			() => new App().frontend("", { directory }),
			/^SetupError: VIV_PATH: frontend\(""\): the path must begin with "\/"/,
		],
		[
			"a path without a slash",
			() => new App().frontend("app", { directory }),
			/^SetupError: VIV_PATH/,
		],
		[
			"a path with a parameter",
			() => new App().frontend("/{x}", { directory }),
			/^SetupError: VIV_PATH: frontend "\/\{x\}": the path has a parameter/,
		],
		[
			"another fallback",
			() => new App().frontend("/", { directory, fallback: "x" as Fallback }),
			/fallback must be one of "auto", "index.html", "404.html", null, got "x"/,
		],
		[
			"FastAPI's name",
			() =>
				new App().frontend("/", {
					directory,
					check_dir: false,
				} as FrontendOptions),
			/"check_dir" is FastAPI's name; here it is "checkDirectory"/,
		],
		[
			"no folder",
			() => new App().frontend("/", {} as FrontendOptions),
			/directory must be given: a text/,
		],
		[
			"a dependency that is none",
			() =>
				new Router({ dependencies: [7 as never] }).frontend("/", { directory }),
			/^SetupError: VIV_/,
		],
	] as const) {
		test(name, () => {
			assert.throws(declare, message);
		});
	}

	test("a parameter in an include's prefix is told when the app is built", async () => {
		const router = new Router();
		router.frontend("/", { directory });
		const app = new App();
		app.include(router, { prefix: "/{tenant}" });
		await assert.rejects(app.start(), { code: "VIV_PATH" });
	});

	test("a front end after the start", async () => {
		const app = new App();
		await app.start();
		assert.throws(() => app.frontend("/", { directory }), {
			message: /^VIV_ROUTE: frontend\("\/"\) comes too late/,
		});
		await app.stop();
	});
});
