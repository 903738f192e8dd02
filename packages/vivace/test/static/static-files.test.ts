import assert from "node:assert/strict";
import { rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { App, HTMLResponse, SetupError } from "../../src/index.ts";
import { type StaticFilesOptions, staticFiles } from "../../src/static.ts";
import { TestClient } from "../../src/testing.ts";
import { ask, folderWith, lastModified, quiet } from "./folder.ts";

const notFound = '{"detail":"Not Found"}';
const digits = "0123456789";

function serving(
	directory: string | readonly string[],
	options?: StaticFilesOptions,
): App {
	const app = new App({ logger: quiet });
	app.mount("/static", staticFiles(directory, options), { name: "static" });
	return app;
}

suite("a file of a folder that is mounted", () => {
	test("is sent with length, type, entity tag and date", async () => {
		await using folder = await folderWith({ "css/a.css": digits });
		const app = serving(folder.path);
		const { status, text, headers } = await ask(app, "/static/css/a.css");
		const { etag, ...others } = headers;
		assert.deepEqual([status, text], [200, digits]);
		assert.match(etag ?? "", /^"[0-9a-z]+-[0-9a-z]+"$/);
		assert.deepEqual(others, {
			"content-type": "text/css; charset=utf-8",
			"content-length": "10",
			"accept-ranges": "bytes",
			"last-modified": lastModified,
		});
	});

	test("is found again as it is by now", async () => {
		await using folder = await folderWith({ "a.txt": "one" });
		const app = serving(folder.path);
		assert.equal((await ask(app, "/static/a.txt")).text, "one");
		assert.equal((await ask(app, "/static/a.txt")).text, "one");
		await folder.write("a.txt", "two, and longer");
		assert.equal((await ask(app, "/static/a.txt")).text, "two, and longer");
		await writeFile(join(folder.path, "a.txt"), "three, and more");
		assert.equal((await ask(app, "/static/a.txt")).text, "three, and more");
		await rm(join(folder.path, "a.txt"));
		assert.equal((await ask(app, "/static/a.txt")).status, 404);
	});

	test("is not asked for again where nothing changes", async () => {
		await using folder = await folderWith({
			"a.txt": "one",
			"a.txt.gz": "packed",
		});
		const app = serving(folder.path, {
			mayChange: false,
			precompressed: true,
		});
		const gzip = { "accept-encoding": "gzip" };
		const whole = await ask(app, "/static/a.txt");
		const packed = await ask(app, "/static/a.txt", gzip);
		const ifWhole = { "if-none-match": whole.headers.etag ?? "" };
		const ifPacked = { "if-none-match": packed.headers.etag ?? "" };
		const first = await ask(app, "/static/a.txt", ifWhole);
		await rm(join(folder.path, "a.txt"));
		assert.equal((await ask(app, "/static/a.txt")).text, "one");
		for (const method of ["GET", "HEAD"]) {
			const again = await ask(app, "/static/a.txt", ifWhole, method);
			assert.deepEqual([again.status, again.text], [304, ""]);
			assert.deepEqual(again.headers, first.headers);
			// each form has a tag of its own, and a client that takes another now gets that
			const unpacked = await ask(app, "/static/a.txt", ifPacked, method);
			assert.equal(unpacked.status, 200);
			const other = await ask(app, "/static/a.txt", { ...ifWhole, ...gzip });
			assert.deepEqual([other.status, other.text], [200, "packed"]);
			const none = { "if-none-match": '"another"' };
			assert.equal((await ask(app, "/static/a.txt", none)).status, 200);
		}
		const refused = await ask(app, "/static/a.txt", ifWhole, "POST");
		assert.equal(refused.status, 405);
		// a missing file is looked for each time
		assert.equal((await ask(app, "/static/b.txt")).status, 404);
		await folder.write("b.txt", "two");
		assert.equal((await ask(app, "/static/b.txt")).text, "two");
	});

	test("has one 304 for many, of which each client has its own", async () => {
		await using folder = await folderWith({ "a.txt": digits });
		const app = serving(folder.path, { mayChange: false });
		app.use(async (request, next) => {
			const response = await next(request);
			response.headers.append("x-for", request.header("x-me") ?? "");
			return response;
		});
		const { etag = "" } = (await ask(app, "/static/a.txt")).headers;
		for (const name of ["a", "b", "c"]) {
			const headers = { "if-none-match": etag, "x-me": name };
			const known = await ask(app, "/static/a.txt", headers);
			assert.deepEqual([known.status, known.headers["x-for"]], [304, name]);
		}
	});

	test("answers HEAD without a body", async () => {
		await using folder = await folderWith({ "a.txt": digits });
		const app = serving(folder.path);
		const get = await ask(app, "/static/a.txt");
		const head = await ask(app, "/static/a.txt", {}, "HEAD");
		assert.deepEqual([head.status, head.text], [200, ""]);
		assert.deepEqual(head.headers, get.headers);
	});

	test("answers other methods with 405, also where there is none", async () => {
		await using folder = await folderWith({ "a.txt": digits });
		const app = serving(folder.path);
		for (const target of ["/static/a.txt", "/static/none"]) {
			for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
				const refused = await ask(app, target, {}, method);
				assert.equal(refused.status, 405);
				assert.equal(refused.headers.allow, "GET, HEAD");
				assert.equal(refused.text, '{"detail":"Method Not Allowed"}');
			}
		}
	});

	test("is named by its mount", async () => {
		await using folder = await folderWith({ "a b.txt": digits });
		const app = serving(folder.path);
		const path = app.urlPathFor("static", { path: "a b.txt" });
		assert.equal(path, "/static/a%20b.txt");
		assert.equal((await ask(app, path)).text, digits);
	});

	test("is found by any spelling of its path within the folder", async () => {
		await using folder = await folderWith({ "a.txt": digits, "b/c.txt": "c" });
		const app = serving(folder.path);
		for (const target of [
			"/static/a.txt/",
			"/static//a.txt",
			"/static/./a.txt",
			"/static/b/../a.txt",
			"/static/none/../a.txt",
			"/static/%61.txt",
			"/static/b%2f..%2fa.txt",
		]) {
			assert.deepEqual((await ask(app, target)).text, digits, target);
		}
	});

	test("is missing like any route: by the app's exception handlers", async () => {
		await using folder = await folderWith();
		const app = serving(folder.path);
		assert.equal((await ask(app, "/static/none")).text, notFound);
		assert.equal((await ask(app, "/static/")).text, notFound);
		assert.equal((await ask(app, "/static")).status, 307);
		app.stop();
		const own = serving(folder.path);
		own.exceptionHandler(404, () => new HTMLResponse("gone", { status: 404 }));
		assert.equal((await ask(own, "/static/none")).text, "gone");
	});

	test("of several folders is that of the first that has it", async () => {
		await using one = await folderWith({ "a.txt": "one", "css/one.css": "1" });
		await using two = await folderWith({
			"a.txt": "two",
			"css/index.html": "index of two",
			"b.txt": "b",
		});
		const app = serving([one.path, two.path], { html: true });
		const texts = await Promise.all(
			["a.txt", "b.txt", "css/one.css", "css/"].map(
				async (name) => (await ask(app, `/static/${name}`)).text,
			),
		);
		assert.deepEqual(texts, ["one", "b", "1", "index of two"]);
	});

	test("is sent over the network, in a mounted app too", async () => {
		const large = digits.repeat(200_000);
		await using folder = await folderWith({ "large.txt": large, "a.txt": "a" });
		const app = new App();
		app.mount("/sub", serving(folder.path));
		await using client = await TestClient.start(app);
		for (const [name, text] of [
			["large.txt", large],
			["a.txt", "a"],
		] as const) {
			const response = await client.get(`/sub/static/${name}`);
			assert.equal((await response.text()) === text, true, name);
		}
	});
});

suite("a client that has the file already", () => {
	test("gets 304 with nothing but the entity tag", async () => {
		await using folder = await folderWith({ "a.txt": digits });
		const app = serving(folder.path);
		const { etag = "" } = (await ask(app, "/static/a.txt")).headers;
		for (const headers of [
			{ "if-none-match": etag },
			{ "if-none-match": `"other", W/${etag}` },
			{ "if-none-match": "*" },
			{ "if-modified-since": lastModified },
			{ "if-none-match": etag, "if-modified-since": "nonsense" },
			{ "if-none-match": etag, range: "bytes=0-1" },
		]) {
			const known = await ask(app, "/static/a.txt", headers);
			assert.deepEqual([known.status, known.text], [304, ""]);
			assert.deepEqual(known.headers, { etag });
		}
	});

	test("gets it again when it has changed, or it asks for another", async () => {
		await using folder = await folderWith({ "a.txt": digits });
		const app = serving(folder.path);
		const { etag = "" } = (await ask(app, "/static/a.txt")).headers;
		const other = { "if-none-match": '"o"', "if-modified-since": lastModified };
		assert.equal((await ask(app, "/static/a.txt", other)).status, 200);
		await folder.write("a.txt", "changed");
		const again = { "if-none-match": etag };
		assert.equal((await ask(app, "/static/a.txt", again)).text, "changed");
	});
});

suite("a client that asks for ranges", () => {
	for (const size of ["small", "large"]) {
		test(`gets them of a ${size} file`, async () => {
			const text = size === "small" ? digits : digits.repeat(150_000);
			await using folder = await folderWith({ "a.txt": text });
			const app = serving(folder.path);
			const part = (range: string) => ask(app, "/static/a.txt", { range });

			const one = await part("bytes=2-4");
			assert.deepEqual([one.status, one.text], [206, "234"]);
			assert.equal(one.headers["content-range"], `bytes 2-4/${text.length}`);
			assert.equal(one.headers["content-length"], "3");

			const merged = await part("bytes=0-1,2-3,1-2");
			assert.deepEqual([merged.status, merged.text], [206, "0123"]);

			const two = await part("bytes=0-1,5-6");
			assert.equal(two.status, 206);
			assert.match(two.text, /\r\n\r\n01\r\n--.*\r\n\r\n56\r\n--\w+--$/s);
			assert.equal(two.headers["content-length"], String(two.text.length));

			const beyond = await part(`bytes=${text.length}-`);
			assert.equal(beyond.status, 416);
			assert.equal(beyond.headers["content-range"], `bytes */${text.length}`);

			assert.equal((await part("bytes=4-2")).status, 400);
			assert.equal((await part("items=0-1")).status, 400);
		});
	}
});

suite("a folder with pages", () => {
	const pages = {
		"index.html": "home",
		"docs/index.html": "docs",
		"docs/a b/index.html": "a b",
		"empty/x.txt": "x",
		"404.html": "missing",
	};

	test("sends the index of a folder, and leads to its slash", async () => {
		await using folder = await folderWith(pages);
		const app = serving(folder.path, { html: true });
		assert.equal((await ask(app, "/static/")).text, "home");
		const index = await ask(app, "/static/docs/");
		assert.equal(index.text, "docs");
		assert.equal(index.headers["content-type"], "text/html; charset=utf-8");
		const redirect = await ask(app, "/static/docs?q=1");
		assert.equal(redirect.status, 307);
		assert.equal(
			redirect.headers.location,
			"http://testserver/static/docs/?q=1",
		);
		const spaced = await ask(app, "/static/docs/a%20b");
		assert.equal(
			spaced.headers.location,
			"http://testserver/static/docs/a%20b/",
		);
	});

	test("leads to another host by no spelling", async () => {
		await using folder = await folderWith({ "evil.example/index.html": "x" });
		const app = new App();
		app.mount("/", staticFiles(folder.path, { html: true }));
		for (const target of ["//evil.example", "/%2fevil.example"]) {
			const { headers } = await ask(app, target);
			assert.match(headers.location ?? "", /^http:\/\/testserver\//, target);
		}
	});

	test("leads to a slash behind a proxy's prefix", async () => {
		await using folder = await folderWith(pages);
		const app = new App({ rootPath: "/api" });
		app.mount("/static", staticFiles(folder.path, { html: true }));
		for (const target of ["/static/docs", "/api/static/docs"]) {
			assert.equal(
				(await ask(app, target)).headers.location,
				"http://testserver/api/static/docs/",
			);
		}
	});

	test("sends its 404.html for what is missing, and never 304 for that", async () => {
		await using folder = await folderWith(pages);
		const app = serving(folder.path, { html: true });
		for (const target of ["/static/none", "/static/empty/", "/static/../x"]) {
			const missing = await ask(app, target);
			assert.deepEqual([missing.status, missing.text], [404, "missing"]);
			const { etag = "" } = missing.headers;
			const again = await ask(app, target, { "if-none-match": etag });
			assert.equal(again.status, 404);
			const part = await ask(app, target, { range: "bytes=0-1" });
			assert.deepEqual([part.status, part.text], [404, "missing"]);
		}
	});

	test("without a 404.html answers as the app does", async () => {
		await using folder = await folderWith({ "index.html": "home" });
		const app = serving(folder.path, { html: true });
		assert.equal((await ask(app, "/static/none")).text, notFound);
	});

	test("has none unless it is asked for", async () => {
		await using folder = await folderWith(pages);
		const app = serving(folder.path);
		for (const target of ["/static/docs", "/static/docs/", "/static/"]) {
			assert.equal((await ask(app, target)).text, notFound, target);
		}
	});
});

suite("files that lie beside themselves compressed", () => {
	const files = {
		"app.js": "plain",
		"app.js.br": "br",
		"app.js.zst": "zst",
		"app.js.gz": "gz",
		"b.js": "plain",
		"b.js.gz": "gz",
	};

	test("are sent as the client likes them best", async () => {
		await using folder = await folderWith(files);
		const app = serving(folder.path, { precompressed: true });
		for (const [name, accepted, text, coding] of [
			["app.js", "gzip, br, zstd", "br", "br"],
			["app.js", "gzip, zstd", "zst", "zstd"],
			["app.js", "gzip;q=1, br;q=0.5", "gz", "gzip"],
			["app.js", "x-gzip", "gz", "gzip"],
			["app.js", "*", "br", "br"],
			["app.js", "*, br;q=0", "zst", "zstd"],
			["app.js", "br;q=0, gzip;q=0", "plain", undefined],
			["app.js", "identity, br;q=0.5", "plain", undefined],
			["app.js", "", "plain", undefined],
			["b.js", "br, gzip", "gz", "gzip"],
			["b.js", "br", "plain", undefined],
		] as const) {
			const { headers, ...sent } = await ask(app, `/static/${name}`, {
				"accept-encoding": accepted,
			});
			assert.equal(sent.text, text, accepted);
			assert.equal(headers["content-encoding"], coding, accepted);
			assert.equal(headers["content-type"], "text/javascript; charset=utf-8");
			assert.equal(headers.vary, "Accept-Encoding");
			assert.equal(headers["content-length"], String(text.length));
		}
	});

	test("have an entity tag for each form", async () => {
		await using folder = await folderWith(files);
		const app = serving(folder.path, { precompressed: true });
		const tags = await Promise.all(
			["br", "zstd", "gzip", ""].map(
				async (coding) =>
					(await ask(app, "/static/app.js", { "accept-encoding": coding }))
						.headers.etag ?? "",
			),
		);
		assert.equal(new Set(tags).size, 4);
		const known = await ask(app, "/static/app.js", {
			"accept-encoding": "br",
			"if-none-match": tags[0] ?? "",
		});
		assert.equal(known.status, 304);
		assert.deepEqual(known.headers, {
			etag: tags[0],
			vary: "Accept-Encoding",
		});
		const other = await ask(app, "/static/app.js", {
			"accept-encoding": "br",
			"if-none-match": tags[3] ?? "",
		});
		assert.equal(other.status, 200);
	});

	test("are not looked for unless that is asked for", async () => {
		await using folder = await folderWith(files);
		const app = serving(folder.path);
		const accepting = { "accept-encoding": "br" };
		const { text, headers } = await ask(app, "/static/app.js", accepting);
		assert.equal(text, "plain");
		assert.equal(headers.vary, undefined);
	});
});

suite("Cache-Control", () => {
	const files = {
		"index.html": "home",
		"404.html": "missing",
		"assets/app.3f2a9c1b.js": "x",
	};
	const control = async (app: App, target: string) =>
		(await ask(app, target)).headers["cache-control"];
	const hashed = "/static/assets/app.3f2a9c1b.js";

	test("is not there by default", async () => {
		await using folder = await folderWith(files);
		assert.equal(await control(serving(folder.path), hashed), undefined);
	});

	test("has clients keep what is named by its content", async () => {
		await using folder = await folderWith(files);
		const app = serving(folder.path, { cache: "immutable", html: true });
		const kept = "public, max-age=31536000, immutable";
		assert.equal(await control(app, hashed), kept);
		assert.equal(await control(app, "/static/"), "no-cache");
		assert.equal(await control(app, "/static/app.00000000.js"), "no-cache");
		const { etag = "" } = (await ask(app, hashed)).headers;
		const known = await ask(app, hashed, { "if-none-match": etag });
		assert.deepEqual(known.headers, { etag, "cache-control": kept });
	});

	test("has clients ask each time, or says what a function says", async () => {
		await using folder = await folderWith(files);
		const asking = serving(folder.path, { cache: "revalidate" });
		assert.equal(await control(asking, hashed), "no-cache");
		const seen: string[] = [];
		const own = serving(folder.path, {
			cache: (path) => {
				seen.push(path);
				return path.startsWith("assets/") ? "max-age=60" : "";
			},
		});
		assert.equal(await control(own, hashed), "max-age=60");
		assert.equal(await control(own, "/static/index.html"), undefined);
		assert.deepEqual(seen, ["assets/app.3f2a9c1b.js", "index.html"]);
	});
});

suite("a folder that is not there", () => {
	const missing = "/nonexistent/of-vivace";

	test("is told when it is named", () => {
		assert.throws(() => staticFiles(missing), {
			name: "SetupError",
			message: `VIV_OPTION: staticFiles("${missing}"): there is no folder ${missing}; make it, name another, or say checkDirectory: false if it comes later.`,
		});
	});

	test("is told when it is a file", async () => {
		await using folder = await folderWith({ "a.txt": "a" });
		const path = join(folder.path, "a.txt");
		assert.throws(() => staticFiles(path), SetupError);
	});

	test("is an error of the first request where it may come later", async () => {
		await using folder = await folderWith();
		const path = join(folder.path, "later");
		const app = serving(path, { checkDirectory: false });
		const errors: unknown[] = [];
		using _ = replaced(quiet, (error) => errors.push(error));
		assert.equal((await ask(app, "/static/a.txt")).status, 500);
		assert.match(String(errors[0]), /there is no folder .*later/);
		await folder.write("later/a.txt", "a");
		assert.equal((await ask(app, "/static/a.txt")).text, "a");
	});
});

function replaced(log: typeof quiet, hear: (error: unknown) => void) {
	const { error } = log;
	Object.assign(log, { error: (_: string, thrown: unknown) => hear(thrown) });
	return { [Symbol.dispose]: () => void Object.assign(log, { error }) };
}

suite("options", () => {
	for (const [options, message] of [
		[
			{ check_dir: false },
			/"check_dir" is FastAPI's name; here it is "checkDirectory"/,
		],
		[
			{ follow_symlink: true },
			/"follow_symlink" is FastAPI's name; here it is "followSymlinks"/,
		],
		[
			{ packages: ["bootstrap4"] },
			/"packages" is FastAPI's; here a folder is named by its path/,
		],
		[
			{ cache: "forever" },
			/cache must be "revalidate", "immutable" or a function of the path, got "forever"/,
		],
		[{ html: "yes" }, /html must be true or false/],
	] as const) {
		test(`${JSON.stringify(options)} is refused`, () => {
			assert.throws(
				() => staticFiles(import.meta.dirname, options as object),
				message,
			);
		});
	}

	test("no path is refused", () => {
		for (const directory of ["", [], [""], 7, undefined, "a\0b"]) {
			assert.throws(() => staticFiles(directory as string), {
				message: /^VIV_OPTION: staticFiles\(.*: expected the path of a folder/,
			});
		}
	});
});

test("a folder that is exchanged as a whole by a link is served anew", async () => {
	await using folder = await folderWith({ "1/a.txt": "one", "2/a.txt": "two" });
	const current = join(folder.path, "current");
	await symlink("1", current);
	const app = serving(current);
	assert.equal((await ask(app, "/static/a.txt")).text, "one");
	await symlink("2", `${current}.new`);
	await rename(`${current}.new`, current);
	assert.equal((await ask(app, "/static/a.txt")).text, "two");
});
