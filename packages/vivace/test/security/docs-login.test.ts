import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { App, dependency, HTTPException, type Server, serve } from "vivace";
import { securityHeaders } from "vivace/middleware";
import {
	apiKeyHeader,
	httpBasic,
	jwtBearer,
	oauth2PasswordBearer,
	oauth2PasswordRequestForm,
	sameSecret,
} from "vivace/security";
import { chromiumMissing, startChromium } from "../support/chromium.ts";
import {
	audience,
	logIn,
	type RunningProvider,
	startProvider,
} from "../support/oidc-provider.ts";

/** An app with one operation for each way to log in, each of which answers with who it was. */
function createApp(issuer: string): App {
	const app = new App({
		swaggerUiInitOAuth: {
			clientId: "shop",
			usePkceWithAuthorizationCodeGrant: true,
		},
		logger: { info() {}, warn() {}, error() {} },
	});
	app.use(
		securityHeaders({
			contentSecurityPolicy: { "connect-src": `'self' ${issuer}` },
		}),
	);
	const password = oauth2PasswordBearer({ tokenUrl: "token" });
	app.post("/token", { form: oauth2PasswordRequestForm }, ({ form }) => {
		if (!sameSecret(form.password, "swordfish")) {
			throw new HTTPException(400, "Incorrect username or password");
		}
		return { access_token: form.username, token_type: "bearer" };
	});
	app.get("/by-password", { password }, ({ password }) => password);
	const key = apiKeyHeader({ name: "X-Key" });
	app.get("/by-key", { key }, ({ key }) => key);
	const basic = httpBasic();
	app.get("/by-basic", { basic }, ({ basic }) => basic.username);
	const claims = jwtBearer({
		schemeName: "provider",
		algorithms: ["RS256"],
		jwks: `${issuer}/jwks`,
		issuer,
		audience,
		flows: {
			authorizationCode: {
				authorizationUrl: `${issuer}/auth`,
				tokenUrl: `${issuer}/token`,
				scopes: { openid: "Who you are", orders: "Your orders" },
			},
		},
	});
	const subject = dependency({ claims }, ({ claims }) => claims.sub);
	app.get("/by-code", { subject }, ({ subject }) => subject);
	return app;
}

suite("the documentation page logs in", {
	skip: chromiumMissing ?? false,
}, () => {
	let browser: Browser;
	let provider: RunningProvider;
	let server: Server;
	before(async () => {
		provider = await startProvider(["http://127.0.0.1/docs/oauth2-redirect"]);
		server = await serve(createApp(provider.issuer), {
			port: 0,
			host: "127.0.0.1",
			signals: false,
			log: { info() {}, warn() {}, error() {} },
		});
		browser = await startChromium();
	});
	after(async () => {
		await browser?.close();
		await server?.close();
		await provider?.[Symbol.asyncDispose]();
	});

	/** Opens the page, with what the browser complains of. */
	async function openDocs(path = "/docs"): Promise<[Page, string[]]> {
		const page = await browser.newPage();
		const problems: string[] = [];
		page.on("pageerror", (error) => problems.push(error.message));
		page.on("console", (message) => {
			if (message.type() === "error") {
				problems.push(message.text());
			}
		});
		await page.goto(server.url + path);
		return [page, problems];
	}

	/** The part of the dialog for one scheme. */
	async function dialogOf(page: Page, scheme: string) {
		await page.click("button.authorize");
		const part = page.locator(".auth-container", { hasText: scheme });
		await part.first().waitFor();
		return part.first();
	}

	/** Calls an operation, and gives status and body of the answer. */
	async function call(page: Page, path: string): Promise<[string, string]> {
		await page.click(".btn-done.modal-btn");
		const operation = page.locator(".opblock", { hasText: path });
		await operation.locator(".opblock-summary-control").click();
		await operation.locator(".try-out__btn").click();
		await operation.locator("button.execute").click();
		const answer = operation.locator(".live-responses-table .response");
		const status = await answer.locator(".response-col_status").textContent();
		const body = await answer
			.locator(".response-col_description pre")
			.first()
			.textContent();
		return [(status ?? "").trim().slice(0, 3), (body ?? "").trim()];
	}

	test("by name and password", async () => {
		const [page, problems] = await openDocs();
		const dialog = await dialogOf(page, "OAuth2PasswordBearer");
		await dialog.locator("#oauth_username").fill("ada");
		await dialog.locator("#oauth_password").fill("swordfish");
		await dialog.locator("button.authorize").click();
		await dialog.locator("button:has-text('Logout')").waitFor();
		assert.deepEqual(await call(page, "/by-password"), ["200", '"ada"']);
		assert.deepEqual(problems, []);
		await page.close();
	});

	test("by a key", async () => {
		const [page, problems] = await openDocs();
		const dialog = await dialogOf(page, "APIKeyHeader");
		await dialog.locator("input").fill("a-key");
		await dialog.locator("button.authorize").click();
		assert.deepEqual(await call(page, "/by-key"), ["200", '"a-key"']);
		assert.deepEqual(problems, []);
		await page.close();
	});

	test("by HTTP Basic", async () => {
		const [page, problems] = await openDocs();
		const dialog = await dialogOf(page, "HTTPBasic");
		await dialog.locator("input").first().fill("ada");
		await dialog.locator("input[type=password]").fill("secret");
		await dialog.locator("button.authorize").click();
		assert.deepEqual(await call(page, "/by-basic"), ["200", '"ada"']);
		assert.deepEqual(problems, []);
		await page.close();
	});

	test("at a provider, by a code with PKCE", async () => {
		const [page, problems] = await openDocs();
		const dialog = await dialogOf(page, "provider");
		await dialog.locator("text=select all").click();
		const [popup] = await Promise.all([
			page.waitForEvent("popup"),
			dialog.locator("button.authorize").click(),
		]);
		await popup.waitForLoadState();
		assert.match(popup.url(), /interaction/);
		await logIn(popup, "ada");
		await dialog.locator("button:has-text('Logout')").waitFor();
		assert.deepEqual(await call(page, "/by-code"), ["200", '"ada"']);
		assert.deepEqual(problems, []);
		assert.deepEqual(provider.errors, []);
		await page.close();
	});

	for (const path of ["/docs", "/redoc", "/docs/lifespan"]) {
		test(`${path} does what the Content-Security-Policy lets it`, async () => {
			const [page, problems] = await openDocs(path);
			await page.waitForLoadState("networkidle");
			assert.deepEqual(problems, []);
			await page.close();
		});
	}
});
