import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash, createHmac } from "node:crypto";
import { describe, it } from "node:test";
import { App, dependency, HTTPException } from "vivace";
import { type CookieSessionOptions, cookieSession } from "vivace/security";
import { TestClient } from "vivace/testing";
import { z } from "zod";

const key = "a key of thirty-two bytes, or of a few more";
const newKey = "another key of thirty-two bytes, or of more";
const schema = z.object({ userId: z.int(), seen: z.date().optional() });
type Options = CookieSessionOptions<typeof schema>;

/** An app whose session can be written and read. */
function appWith(options: Partial<Options> = {}): App {
	const login = cookieSession({ schema, keys: [key], ...options });
	const app = new App({ logger: { info() {}, warn() {}, error() {} } });
	app.get("/", { login }, ({ login }) => login.value ?? null);
	app.post("/login/{id}", { login, id: z.int() }, ({ login, id }) => {
		login.set({ userId: id });
		return login.value;
	});
	app.post("/logout", { login }, ({ login }) => login.clear());
	app.post("/renew", { login }, ({ login }) => login.renew());
	app.post("/refused", { login }, ({ login }) => {
		login.set({ userId: 9 });
		throw new HTTPException(409, "No");
	});
	app.get("/free", () => "");
	return app;
}

const sent = (cookie: string | undefined) =>
	cookie === undefined ? {} : { headers: { cookie } };

/** `name=value` of the first cookie that an answer sets. */
function cookieOf(response: Response): string {
	const [line = ""] = response.headers.getSetCookie();
	return line.split(";", 1)[0] as string;
}

async function loggedIn(options?: Partial<Options>): Promise<string> {
	await using client = await TestClient.start(appWith(options));
	return cookieOf(await client.post("/login/7"));
}

async function read(
	cookie: string | undefined,
	options?: Partial<Options>,
): Promise<unknown> {
	await using client = await TestClient.start(appWith(options));
	const response = await client.get("/", sent(cookie));
	assert.equal(response.status, 200);
	assert.equal(response.headers.get("vary"), "Cookie");
	return response.json();
}

describe("cookieSession", () => {
	it("keeps a value in a cookie of this host alone", async () => {
		await using client = await TestClient.start(appWith());
		const response = await client.post("/login/7");
		assert.deepEqual(await response.json(), { userId: 7 });
		assert.match(
			response.headers.getSetCookie().join("\n"),
			/^__Host-session=1\.[\w.-]+; HttpOnly; Max-Age=1209600; Path=\/; SameSite=lax; Secure$/,
		);
		assert.deepEqual(await read(cookieOf(response)), { userId: 7 });
		assert.equal((await client.get("/free")).headers.has("vary"), false);
	});

	it("is none without a cookie", async () => {
		assert.equal(await read(undefined), null);
		assert.equal(await read("__Host-session="), null);
	});

	it("can be read, unless it is sealed", async () => {
		const open = await loggedIn();
		const part = open.split(".")[1] as string;
		assert.match(Buffer.from(part, "base64url").toString(), /"userId":7/);
		const closed = await loggedIn({ mode: "sealed" });
		assert.match(closed, /^__Host-session=2\.[\w-]+$/);
		const bytes = Buffer.from(closed.split(".")[1] as string, "base64url");
		assert.equal(bytes.includes("userId"), false);
		assert.notEqual(await loggedIn({ mode: "sealed" }), closed);
		assert.deepEqual(await read(closed, { mode: "sealed" }), { userId: 7 });
	});

	for (const mode of ["signed", "sealed"] as const) {
		it(`is none where a ${mode} one was changed`, async () => {
			const cookie = await loggedIn({ mode });
			const text = cookie.slice("__Host-session=".length);
			for (let place = 0; place < text.length; place += 7) {
				const other = text[place] === "A" ? "B" : "A";
				const changed = text.slice(0, place) + other + text.slice(place + 1);
				assert.equal(await read(`__Host-session=${changed}`, { mode }), null);
			}
			for (const wrong of [
				text.slice(0, -1),
				text.slice(0, 20),
				`${text}A`,
				"1..",
				"2.",
				"1.e30.",
				"null",
				"%00",
			]) {
				assert.equal(await read(`__Host-session=${wrong}`, { mode }), null);
			}
			const keys = [newKey];
			assert.equal(await read(cookie, { mode, keys }), null);
		});

		it(`of another cookie is none, ${mode}`, async () => {
			const cookieName = "__Host-other";
			const cookie = await loggedIn({ mode, cookieName });
			const moved = cookie.replace(cookieName, "__Host-session");
			assert.equal(await read(moved, { mode }), null);
		});
	}

	it("is read with old keys and the other form, and written anew", async () => {
		for (const [before, now] of [
			[{}, { keys: [newKey, key] }],
			[{ mode: "sealed" }, { mode: "sealed", keys: [newKey, key] }],
			[{ mode: "signed" }, { mode: "sealed" }],
		] as const) {
			const cookie = await loggedIn(before);
			await using client = await TestClient.start(appWith(now));
			const response = await client.get("/", sent(cookie));
			assert.deepEqual(await response.json(), { userId: 7 });
			const renewed = cookieOf(response);
			assert.deepEqual(
				await read(renewed, { ...now, keys: [now.keys?.[0] ?? key] }),
				{ userId: 7 },
			);
		}
	});

	it("is not sent again as long as it is fresh, then renewed", async () => {
		const cookie = await loggedIn();
		await using client = await TestClient.start(appWith());
		const fresh = await client.get("/", sent(cookie));
		assert.deepEqual(fresh.headers.getSetCookie(), []);
		const asked = await client.post("/renew", sent(cookie));
		assert.match(cookieOf(asked), /^__Host-session=1/);
		// a tenth of its age is over at once
		await using hasty = await TestClient.start(appWith({ maxAgeS: 1_000 }));
		const old = await aged(cookie, 200, 200);
		const renewed = await hasty.get("/", sent(old));
		assert.deepEqual(await renewed.json(), { userId: 7 });
		assert.match(cookieOf(renewed), /^__Host-session=1/);
	});

	it("ends after its time without use, and after its lifetime", async () => {
		const cookie = await loggedIn();
		const hour = 3_600;
		const limits = { maxAgeS: hour, lifetimeS: 10 * hour };
		for (const [begun, written, value] of [
			[0, 0, { userId: 7 }],
			[9 * hour, 0, { userId: 7 }],
			[11 * hour, 0, null],
			[hour, hour + 60, null],
		] as const) {
			const old = await aged(cookie, begun, written);
			assert.deepEqual(await read(old, limits), value);
		}
	});

	it("keeps its beginning when it is written again", async () => {
		const options = { lifetimeS: 3_600 };
		const old = await aged(await loggedIn(), 3_000, 3_000);
		await using client = await TestClient.start(appWith(options));
		const response = await client.post("/login/8", sent(old));
		const later = await aged(cookieOf(response), 0, 0, (content) => ({
			...content,
			b: content.b - 1_000,
		}));
		assert.equal(await read(later, options), null);
	});

	it("goes with whatever answer leaves", async () => {
		await using client = await TestClient.start(appWith());
		const response = await client.post("/refused");
		assert.equal(response.status, 409);
		assert.deepEqual(await read(cookieOf(response)), { userId: 9 });
	});

	it("says when it is changed too late", async () => {
		const login = cookieSession({ schema, keys: [key], maxAgeS: 1_000 });
		const app = new App({ logger: { info() {}, warn() {}, error() {} } });
		const told: string[] = [];
		app.get("/", { login }, async function* ({ login }) {
			yield 1;
			for (const change of [
				() => login.set({ userId: 1 }),
				() => login.clear(),
			]) {
				try {
					change();
				} catch (error) {
					told.push((error as Error).message);
				}
			}
		});
		await using client = await TestClient.start(app);
		const fresh = await loggedIn();
		for (const cookie of [undefined, fresh, await aged(fresh, 200, 200)]) {
			await (await client.get("/", sent(cookie))).text();
		}
		assert.equal(told.length, 6);
		for (const message of told) {
			assert.match(message, /too late: the answer is leaving already/);
		}
	});

	it("is deleted by clear, where one came in", async () => {
		const cookie = await loggedIn();
		await using client = await TestClient.start(appWith());
		const response = await client.post("/logout", sent(cookie));
		assert.match(
			response.headers.getSetCookie().join("\n"),
			/^__Host-session=""; expires=[^;]+; HttpOnly; Max-Age=0; Path=\/; SameSite=lax; Secure$/,
		);
		const none = await client.post("/logout");
		assert.deepEqual(none.headers.getSetCookie(), []);
	});

	it("is validated and converted by its schema", async () => {
		const login = cookieSession({ schema, keys: [key] });
		const app = new App();
		app.post("/", { login }, ({ login }) => {
			login.set({ userId: 1, seen: new Date(0) });
		});
		app.get("/", { login }, ({ login }) => login.value?.seen instanceof Date);
		await using client = await TestClient.start(app);
		const cookie = cookieOf(await client.post("/"));
		assert.equal(await (await client.get("/", sent(cookie))).json(), true);
		const narrow = z.object({ userId: z.int().max(5) });
		assert.equal(
			await read(await loggedIn(), { schema: narrow as never }),
			null,
		);
	});

	it("refuses what browsers would drop", async () => {
		const text = z.object({ text: z.string() });
		const login = cookieSession({ schema: text, keys: [key] });
		const app = new App({ logger: { info() {}, warn() {}, error() {} } });
		const sizes: string[] = [];
		app.post("/{size}", { login, size: z.int() }, ({ login, size }) => {
			try {
				login.set({ text: "x".repeat(size) });
			} catch (error) {
				sizes.push((error as Error).message);
			}
		});
		await using client = await TestClient.start(app);
		const fits = await client.post("/2900");
		assert.ok(cookieOf(fits).length <= 4_097);
		assert.ok(cookieOf(fits).length > 3_900);
		const large = await client.post("/3100");
		assert.deepEqual(large.headers.getSetCookie(), []);
		assert.match(
			sizes.join(),
			/has \d+ bytes, and browsers drop more than 4096/,
		);
	});

	it("may be sent over HTTP, to other hosts, under another name", async () => {
		for (const [options, line] of [
			[
				{ secure: false },
				/^session=[^;]+; HttpOnly; Max-Age=\d+; Path=\/; SameSite=lax$/,
			],
			[
				{ domain: "example.com", sameSite: "strict" },
				/^__Secure-session=[^;]+; Domain=example.com; HttpOnly; .*SameSite=strict; Secure$/,
			],
			[{ cookieName: "sid" }, /^sid=/],
		] as const) {
			await using client = await TestClient.start(appWith(options));
			const response = await client.post("/login/7");
			assert.match(response.headers.getSetCookie().join("\n"), line);
		}
	});

	it("refuses options that can't be, and shows no key", () => {
		for (const [options, reason] of [
			[{ keys: [] }, /keys must be a list/],
			[{ keys: key }, /keys must be a list/],
			[
				{ keys: [key, "swordfish"] },
				/keys\[1\] must have 32 bytes at least, got 9/,
			],
			[{ keys: [undefined] }, /keys\[0\]/],
			[{ schema: undefined }, /schema must be given/],
			[{ schema: {} }, /schema must be a schema/],
			[{ mode: "open" }, /mode must be/],
			[{ maxAgeS: 0 }, /maxAgeS must be/],
			[{ cookieName: "a b" }, /cookieName must be/],
			[{ cookieName: "__Host-a", secure: false }, /needs secure/],
			[{ cookieName: "__Host-a", domain: "a.example" }, /can't have a domain/],
			[{ domain: "https://a.example" }, /without scheme and port.*got "https/],
			[{ sameSite: "none", secure: false }, /"none" needs secure/],
			[{ starlette: { secretKey: "" } }, /secretKey must be/],
			[{ starlette: { secretKey: "swordfish", salt: "x" } }, /"salt"/],
			[{ max_age: 1 }, /"max_age" is FastAPI's name; here it is "maxAgeS"/],
			[{ secrets: ["swordfish"] }, /no option "secrets"; write "keys"/],
			[{ key: "swordfish" }, /no option "key"; did you mean "keys"/],
			[{ starlette: { secret_key: "swordfish" } }, /write "secretKey"/],
		] as const) {
			assert.throws(
				() => appWith(options as never),
				(error: Error & { code: string }) => {
					assert.equal(error.code, "VIV_OPTION");
					assert.match(error.message, reason);
					assert.doesNotMatch(error.message, /swordfish|thirty-two/);
					return true;
				},
			);
		}
	});

	it("is a scheme that lets everyone pass; who refuses is one that does not", async () => {
		const login = cookieSession({ schema, keys: [key] });
		const user = dependency(
			{ login },
			({ login }) => {
				if (login.value === undefined) {
					throw new HTTPException(401, "Not authenticated");
				}
				return login.value.userId;
			},
			{
				security: {
					name: "CookieSession",
					scheme: { type: "apiKey", in: "cookie", name: "__Host-session" },
				},
			},
		);
		const app = new App({ requireSecurity: true });
		app.get("/me", { user }, ({ user }) => user);
		await using client = await TestClient.start(app);
		assert.equal((await client.get("/me")).status, 401);
		const document = (await (await client.get("/openapi.json")).json()) as {
			paths: Record<string, { get: { security: unknown } }>;
		};
		assert.deepEqual(document.paths["/me"]?.get.security, [
			{ CookieSession: [] },
		]);
	});
});

describe("a cookie of Starlette's SessionMiddleware", () => {
	// written by itsdangerous 2.2 in 2001
	const old = "session=eyJ1c2VySWQiOiA3fQ==.O5rKAA.v7K2IGQVYhba9SxlTl9OEZOZzOc";
	const starlette = { secretKey: "starlette-secret", maxAgeS: 1e10 };

	it("is read, and ours is written in its place", async () => {
		await using client = await TestClient.start(appWith({ starlette }));
		const response = await client.get("/", sent(old));
		assert.deepEqual(await response.json(), { userId: 7 });
		const [own = "", deleted = ""] = response.headers.getSetCookie();
		assert.match(own, /^__Host-session=1\./);
		assert.match(deleted, /^session=""; .*Max-Age=0/);
		assert.deepEqual(await read(cookieOf(response)), { userId: 7 });
		const both = `${cookieOf(await client.post("/login/8"))}; ${old}`;
		assert.deepEqual(await read(both, { starlette }), { userId: 8 });
	});

	it("is read also where ours would be too large", async () => {
		const large = z.object({ text: z.string() });
		const login = cookieSession({ schema: large, keys: [key], starlette });
		const app = new App();
		app.get("/", { login }, ({ login }) => login.value?.text.length ?? 0);
		const content = JSON.stringify({ text: "x".repeat(2_990) });
		const body = `${Buffer.from(content).toString("base64")}.O5rKAA`;
		const signingKey = createHash("sha1")
			.update(`itsdangerous.Signersigner${starlette.secretKey}`)
			.digest();
		const signature = createHmac("sha1", signingKey)
			.update(body)
			.digest("base64url");
		await using client = await TestClient.start(app);
		const response = await client.get(
			"/",
			sent(`session=${body}.${signature}`),
		);
		assert.equal(await response.json(), 2_990);
		assert.deepEqual(response.headers.getSetCookie(), []);
	});

	it("is none where it is too old, changed, or of another secret", async () => {
		const secretKey = starlette.secretKey;
		assert.equal(await read(old, { starlette: { secretKey } }), null);
		assert.equal(
			await read(old, { starlette: { ...starlette, secretKey: "x" } }),
			null,
		);
		for (const wrong of [
			old.replace("3fQ", "4fQ"),
			old.replace("O5rKAA", "O5rKAB"),
			"session=null",
			"session=a.b.c",
		]) {
			assert.equal(await read(wrong, { starlette }), null);
		}
		assert.equal(await read(old), null);
	});
});

/** The content of a session's cookie. */
interface Content {
	readonly v: unknown;
	readonly b: number;
	readonly w: number;
}

/** The same session, begun and written so many seconds earlier. */
async function aged(
	cookie: string,
	begunS: number,
	writtenS: number,
	change: (content: Content) => Content = (content) => ({
		...content,
		b: content.b - begunS,
		w: content.w - writtenS,
	}),
): Promise<string> {
	const { CookieKeys } = await import("../../src/security/cookie-keys.ts");
	const [name = "", text = ""] = cookie.split("=");
	const keys = new CookieKeys("test", [key], "signed", `cookie ${name}`);
	const content = JSON.parse(keys.read(text)?.content ?? "") as Content;
	return `${name}=${keys.write(JSON.stringify(change(content)))}`;
}
