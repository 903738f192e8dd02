import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { type Server, serve } from "vivace";
import { TestClient } from "vivace/testing";
import {
	chromiumMissing,
	startChromium,
} from "../../../packages/vivace/test/support/chromium.ts";
import {
	logIn,
	type RunningProvider,
	startProvider,
} from "../../../packages/vivace/test/support/oidc-provider.ts";
import { createApp } from "../app.ts";

const keys = ["a key of thirty-two bytes, or of a few more"];
const silent = { info() {}, warn() {}, error() {} };

suite("login with a provider", { skip: chromiumMissing ?? false }, () => {
	let browser: Browser;
	let provider: RunningProvider;
	let server: Server;
	before(async () => {
		provider = await startProvider([
			"http://127.0.0.1/callback",
			"http://127.0.0.1/",
		]);
		const settings = { issuer: provider.issuer, clientId: "shop", keys };
		server = await serve(createApp({ ...settings, isInsecure: true }), {
			port: 0,
			host: "127.0.0.1",
			signals: false,
			log: silent,
		});
		browser = await startChromium();
	});
	after(async () => {
		await browser?.close();
		await server?.close();
		await provider?.[Symbol.asyncDispose]();
	});

	/** Those of the app: the provider is at the same host, whose cookies know no ports. */
	async function cookiesOf(context: BrowserContext) {
		const cookies = await context.cookies(server.url);
		return cookies.filter(({ name }) => name.startsWith("__Host-"));
	}

	async function loggedIn(): Promise<[BrowserContext, Page]> {
		const context = await browser.newContext();
		const page = await context.newPage();
		await page.goto(`${server.url}/login`);
		await logIn(page, "ada");
		await page.waitForURL(`${server.url}/me`);
		return [context, page];
	}

	test("a user comes back with a session, which no script can read", async () => {
		const [context, page] = await loggedIn();
		assert.equal(await page.textContent("body"), '{"sub":"ada"}');
		const cookies = await cookiesOf(context);
		assert.deepEqual(
			cookies.map(({ name, httpOnly, secure }) => [name, httpOnly, secure]),
			[["__Host-session", true, true]],
		);
		assert.match(cookies[0]?.value ?? "", /^2\./);
		assert.deepEqual(provider.errors, []);
		await context.close();
	});

	test("an access token that has expired is renewed, once for requests at the same time", async () => {
		const [context, page] = await loggedIn();
		const [before] = await cookiesOf(context);
		// an hour and more later, by the clock of this process, which is the server's too
		const { now } = Date;
		Date.now = () => now() + 7_200_000;
		try {
			const texts = await page.evaluate(async () => {
				const answers = await Promise.all([1, 2, 3].map(() => fetch("/me")));
				return Promise.all(answers.map((answer) => answer.text()));
			});
			assert.deepEqual(texts, Array(3).fill('{"sub":"ada"}'));
		} finally {
			Date.now = now;
		}
		const [after] = await cookiesOf(context);
		assert.notEqual(after?.value, before?.value);
		await context.close();
	});

	test("logging out ends both sessions", async () => {
		const [context, page] = await loggedIn();
		// a text, because it runs in the page
		await page.evaluate(`{
			const form = document.createElement("form");
			form.method = "post";
			form.action = "/logout";
			document.body.append(form);
			form.submit();
		}`);
		await page.waitForURL(/session\/end/);
		assert.deepEqual(await cookiesOf(context), []);
		const answer = await page.request.get(`${server.url}/me`);
		assert.equal(answer.status(), 401);
		await context.close();
	});

	test("a login that was not begun here, or is answered otherwise, fails", async () => {
		await using client = await TestClient.start(
			createApp({
				issuer: provider.issuer,
				clientId: "shop",
				keys,
				isInsecure: true,
			}),
			{ followRedirects: false },
		);
		const begun = await client.get("/login");
		assert.equal(begun.status, 303);
		const url = new URL(begun.headers.get("location") ?? "");
		assert.equal(url.searchParams.get("code_challenge_method"), "S256");
		const state = url.searchParams.get("state");
		const [line = ""] = begun.headers.getSetCookie();
		const cookie = line.split(";", 1)[0] as string;
		for (const [query, headers] of [
			[`code=x&state=${state}`, {}],
			[`code=x&state=other`, { cookie }],
			[`code=x&state=${state}`, { cookie }],
			[`error=access_denied&state=${state}`, { cookie }],
			["", { cookie }],
		] as const) {
			const response = await client.get(`/callback?${query}`, { headers });
			assert.equal(response.status, 400, query);
			assert.deepEqual(await response.json(), {
				detail: "Login failed, begin again",
			});
		}
		for (const next of ["https://evil.example", "//evil.example", "/\\evil"]) {
			const query = new URLSearchParams({ next });
			const response = await client.get(`/login?${query}`);
			assert.equal(response.status, 422, next);
		}
		const foreign = await client.post("/logout", {
			headers: { "sec-fetch-site": "cross-site" },
		});
		assert.equal(foreign.status, 403);
	});
});
