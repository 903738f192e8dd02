import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, link, mkdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { App } from "../../src/index.ts";
import { type StaticFilesOptions, staticFiles } from "../../src/static.ts";
import { TestClient } from "../../src/testing.ts";
import { ask, folderWith, quiet } from "./folder.ts";

const secret = "the secret";

/** `public/` is served; what lies beside it is not. */
async function site(options: StaticFilesOptions = {}) {
	const folder = await folderWith({
		"public/a.txt": "a",
		"public/sub/b.txt": "b",
		"public/404.html": "missing",
		"secret.txt": secret,
		"public-too/secret.txt": secret,
	});
	const app = new App({ logger: quiet });
	const target = staticFiles(join(folder.path, "public"), options);
	app.mount("/s", target);
	app.mount("/", target);
	return {
		app,
		path: folder.path,
		write: folder.write,
		[Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
	};
}

const dots = [
	"..",
	"%2e%2e",
	".%2e",
	"%2e.",
	"%252e%252e",
	"%c0%ae%c0%ae",
	"%e0%80%ae%e0%80%ae",
	"%uff0e%uff0e",
	"..%00",
	"..;",
	"..%20",
	"...",
	"%2e%2e%2e",
	"．．",
];
const slashes = [
	"/",
	"%2f",
	"%2F",
	"%252f",
	"\\",
	"%5c",
	"%5C",
	"%c0%af",
	"%e0%80%af",
	"//",
	"/./",
	"%2f%2f",
];

suite("what lies outside of the folder", () => {
	test("is not reached by any spelling of dots and slashes", async () => {
		await using served = await site();
		let count = 0;
		for (const dot of dots) {
			for (const slash of slashes) {
				for (const start of ["/", "//", "/s/", "/s//", "/sub/", "/s/sub/"]) {
					for (const depth of [1, 2, 3]) {
						const up = `${dot}${slash}`.repeat(depth);
						for (const end of ["secret.txt", "public-too/secret.txt"]) {
							const target = `${start}${up}${end}`;
							const { status, text } = await ask(served.app, target);
							assert.equal(status, 404, target);
							assert.doesNotMatch(text, /secret/, target);
							count++;
						}
					}
				}
			}
		}
		assert.equal(count, 14 * 12 * 6 * 3 * 2);
	});

	test("is not reached by a path that leads out and back, or by an absolute one", async () => {
		await using served = await site();
		for (const target of [
			"/s/../public/a.txt",
			"/s/sub/../../public/a.txt",
			`/s/${served.path}/secret.txt`,
			`/s//${served.path}/secret.txt`,
			`/s/%2f${served.path}/secret.txt`,
			"/s/C:/secret.txt",
			"/s/C:%5csecret.txt",
			"/s/%5c%5chost%5cshare%5csecret.txt",
			"/s/~/secret.txt",
			"/s/file:///etc/passwd",
			"http://testserver/s/../secret.txt",
		]) {
			const { status, text } = await ask(served.app, target);
			assert.equal(status, 404, target);
			assert.doesNotMatch(text, /secret/, target);
		}
	});

	for (const html of [false, true]) {
		test(`is no server error, whatever the name is${html ? ", with pages" : ""}`, async () => {
			await using served = await site({ html });
			const long = "x".repeat(300);
			for (const target of [
				"/s/%00",
				"/s/a.txt%00",
				"/s/a.txt%00.html",
				`/s/${long}`,
				`/s/${"x/".repeat(3000)}`,
				`/s/${"x".repeat(10_000)}`,
				"/s/a.txt/b.txt",
				"/s/%ff%fe",
				"/s/%",
				"/s/%zz",
				"/s/%ed%a0%80",
				"/s/%0d%0aset-cookie:%20a=b",
				"/s/%0a",
				"/s/\u{7f}",
				"/s/con",
				"/s/a.txt::$DATA",
				"/s/a.txt.",
				"/s/*",
				"/s/?",
			]) {
				for (const method of ["GET", "HEAD"]) {
					const { status, headers } = await ask(served.app, target, {}, method);
					assert.equal(status, 404, target);
					assert.equal(headers["set-cookie"], undefined);
				}
			}
			// as in Starlette, what no file can be called is the app's 404
			const impossible = await ask(served.app, "/s/%00");
			assert.equal(impossible.text, '{"detail":"Not Found"}');
			const overlong = await ask(served.app, `/s/${long}`);
			assert.equal(overlong.text, '{"detail":"Not Found"}');
		});
	}

	test("is not reached through links, unless that is allowed", async () => {
		await using served = await site();
		const at = (name: string) => join(served.path, name);
		await symlink("../secret.txt", at("public/link.txt"));
		await symlink(at("public-too"), at("public/folder"));
		await symlink("a.txt", at("public/within.txt"));
		await symlink("loop", at("public/loop"));
		await symlink("nowhere", at("public/broken"));
		await symlink("../public/../secret.txt", at("public/sub/winding.txt"));
		for (const name of [
			"link.txt",
			"link.txt/",
			"folder/secret.txt",
			"folder",
			"loop",
			"broken",
			"sub/winding.txt",
		]) {
			const { status, text } = await ask(served.app, `/s/${name}`);
			assert.equal(status, 404, name);
			assert.doesNotMatch(text, /secret/, name);
		}
		assert.equal((await ask(served.app, "/s/within.txt")).text, "a");

		const following = new App();
		following.mount("/s", staticFiles(at("public"), { followSymlinks: true }));
		assert.equal((await ask(following, "/s/link.txt")).text, secret);
		assert.equal((await ask(following, "/s/folder/secret.txt")).text, secret);
		assert.equal((await ask(following, "/s/loop")).status, 404);
		assert.equal((await ask(following, "/s/../secret.txt")).status, 404);
	});

	test("is not reached by the pages of a folder that are links", async () => {
		await using served = await site({ html: true, precompressed: true });
		const at = (name: string) => join(served.path, name);
		await rm(at("public/404.html"));
		await symlink("../secret.txt", at("public/404.html"));
		await symlink("../../secret.txt", at("public/sub/index.html"));
		await symlink("../secret.txt", at("public/a.txt.br"));
		await symlink("../public-too", at("public/folder"));
		await served.write("public-too/index.html", secret);
		const accepting = { "accept-encoding": "br" };
		const texts = await Promise.all(
			["none", "sub/", "folder/", "folder", "a.txt"].map(
				async (name) => (await ask(served.app, `/s/${name}`, accepting)).text,
			),
		);
		const missing = '{"detail":"Not Found"}';
		assert.deepEqual(texts, [missing, missing, missing, missing, "a"]);
	});

	test("is not reached while links and folders are exchanged", async () => {
		await using served = await site();
		const at = (name: string) => join(served.path, name);
		await mkdir(at("public/real"));
		await served.write("public/real/secret.txt", "inside");
		await symlink(at("public-too"), at("public/link"));
		let isOver = false;
		const exchanging = (async () => {
			for (let turn = 0; turn < 400; turn++) {
				const [first, second] =
					turn % 2 === 0 ? ["real", "link"] : ["link", "real"];
				await rm(at("public/now"), { recursive: false }).catch(() => {});
				await rename(at(`public/${first}`), at("public/now")).catch(() => {});
				await rename(at("public/now"), at(`public/${first}`)).catch(() => {});
				await rename(at(`public/${second}`), at("public/now")).catch(() => {});
				await rename(at("public/now"), at(`public/${second}`)).catch(() => {});
			}
			isOver = true;
		})();
		const seen = new Set<string>();
		while (!isOver) {
			const asked = await Promise.all(
				Array.from({ length: 4 }, () => ask(served.app, "/s/now/secret.txt")),
			);
			for (const { status, text } of asked) {
				seen.add(`${status} ${text}`);
			}
		}
		await exchanging;
		seen.delete('404 {"detail":"Not Found"}');
		seen.delete("200 inside");
		assert.deepEqual([...seen], []);
	});
});

suite("a name that begins with a dot", () => {
	const files = {
		".env": secret,
		".git/config": secret,
		"sub/.htpasswd": secret,
		".well-known/security.txt": "contact",
		".well-known/.hidden": secret,
		"sub/.well-known/x.txt": secret,
	};

	test("is not found, but for /.well-known", async () => {
		await using folder = await folderWith(files);
		const app = new App();
		app.mount("/", staticFiles(folder.path));
		for (const name of Object.keys(files)) {
			const { status } = await ask(app, `/${name}`);
			assert.equal(status, name.endsWith("security.txt") ? 200 : 404, name);
		}
		assert.equal((await ask(app, "/%2eenv")).status, 404);
		assert.equal((await ask(app, "/sub/..%2f.env")).status, 404);
	});

	test("is served where that is asked for", async () => {
		await using folder = await folderWith(files);
		const app = new App();
		app.mount("/", staticFiles(folder.path, { dotfiles: true }));
		for (const name of Object.keys(files)) {
			assert.equal((await ask(app, `/${name}`)).status, 200, name);
		}
	});
});

suite("what is no regular file", () => {
	test("is not found: a pipe, which would be waited for, and a device", async () => {
		await using served = await site({ followSymlinks: true });
		const at = (name: string) => join(served.path, name);
		execFileSync("mkfifo", [at("public/pipe")]);
		await symlink("/dev/zero", at("public/zero"));
		for (const name of ["pipe", "zero"]) {
			assert.equal((await ask(served.app, `/s/${name}`)).status, 404, name);
		}
	});

	test("a file that may not be read is refused", {
		skip:
			process.getuid?.() === 0 && process.seteuid === undefined
				? "root may read everything"
				: false,
	}, async () => {
		await using served = await site();
		await ask(served.app, "/s/a.txt"); // loads what is loaded with the first file
		await chmod(served.path, 0o755);
		await chmod(join(served.path, "public/a.txt"), 0o200);
		await chmod(join(served.path, "public/sub"), 0o600);
		using _ = asNobody();
		for (const [method, name] of [
			["GET", "a.txt"],
			["GET", "sub/b.txt"],
			["HEAD", "sub/b.txt"],
		] as const) {
			const refused = await ask(served.app, `/s/${name}`, {}, method);
			assert.equal(refused.status, 403, `${method} ${name}`);
		}
	});
});

/** Root may read everything, so the process is somebody else for a while. */
function asNobody(): Disposable {
	const isRoot = process.getuid?.() === 0;
	if (isRoot) {
		process.seteuid?.(65_534);
	}
	return {
		[Symbol.dispose]() {
			if (isRoot) {
				process.seteuid?.(0);
			}
		},
	};
}

suite("a file that is replaced", () => {
	const size = 1_500_000; // more than is kept in memory
	const whole = (letter: string, length = size) => letter.repeat(length);

	test("while it is sent is sent to its end as it was", async () => {
		await using folder = await folderWith({
			"a.txt": whole("a"),
			"b.txt": `${whole("b")}longer`,
		});
		const app = new App();
		app.mount("/", staticFiles(folder.path));
		await using client = await TestClient.start(app);
		const response = await client.get("/a.txt");
		await rename(join(folder.path, "b.txt"), join(folder.path, "a.txt"));
		assert.equal((await response.text()) === whole("a"), true);
		assert.equal((await (await client.get("/a.txt")).text()).length, size + 6);
	});

	for (const length of [3000, size]) {
		test(`again and again is always one of them, with its own length, of ${length} bytes`, async () => {
			await using folder = await folderWith({ "now.txt": whole("a", length) });
			const app = new App();
			app.mount("/", staticFiles(folder.path));
			let isOver = false;
			const replacing = (async () => {
				for (let turn = 0; turn < 100; turn++) {
					const letter = "abcd"[turn % 4] as string;
					const text = whole(letter, length) + letter.repeat(turn % 7);
					const file = await folder.write("next.txt", text);
					await rename(file, join(folder.path, "now.txt"));
				}
				isOver = true;
			})();
			const letters = new Set<string>();
			const wrong = new Set<string>();
			while (!isOver) {
				const { status, text, headers } = await ask(app, "/now.txt");
				const isWhole = headers["content-length"] === String(text.length);
				if (status !== 200 || !isWhole || new Set(text).size !== 1) {
					wrong.add(`${status} ${text.length} ${headers["content-length"]}`);
				}
				letters.add(text[0] ?? "");
			}
			await replacing;
			assert.deepEqual([...wrong], []);
			assert.ok(letters.size > 1);
		});
	}
});

test("a hard link is the file itself", async () => {
	await using served = await site();
	await link(
		join(served.path, "secret.txt"),
		join(served.path, "public/hard.txt"),
	);
	assert.equal((await ask(served.app, "/s/hard.txt")).text, secret);
});
