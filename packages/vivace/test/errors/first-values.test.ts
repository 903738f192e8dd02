import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import { conflictHandler, database } from "../../src/database.ts";
import { lifespanHtml, redocHtml, swaggerUiHtml } from "../../src/docs.ts";
import {
	App,
	dependency,
	FileResponse,
	RedirectResponse,
	Response,
	Router,
	serve,
} from "../../src/index.ts";
import { cors, trustedHosts } from "../../src/middleware.ts";
import { cursorPageOf, pageOf } from "../../src/pagination.ts";
import {
	apiKeyHeader,
	cookieSession,
	httpBase,
	jwtBearer,
	oauth2PasswordBearer,
	openIdConnect,
} from "../../src/security.ts";
import { env } from "../../src/settings.ts";
import { TestClient } from "../../src/testing.ts";

const none = {} as never;
const Item = z.object({ id: z.int() });

suite("an option that must be there and is not", () => {
	const missing: readonly (readonly [said: string, work: () => unknown])[] = [
		["redocHtml(): openapiUrl must be given: a text.", () => redocHtml(none)],
		[
			"swaggerUiHtml(): openapiUrl must be given: a text.",
			() => swaggerUiHtml(none),
		],
		["lifespanHtml(): title must be given: a text.", () => lifespanHtml(none)],
		[
			"trustedHosts(): allowedHosts must be given: a list of texts.",
			() => trustedHosts(none),
		],
		["cursorPageOf(): key must be given.", () => cursorPageOf(Item, none)],
		[
			'dependency "pool": retry: times must be given: a whole number that is not negative.',
			() => dependency(function pool() {}, { scope: "app", retry: none }),
		],
		["sqlite: path must be given: a text.", () => database({ sqlite: none })],
		["mysql: user must be given: a text.", () => database({ mysql: none })],
		["apiKeyHeader(): name must be given", () => apiKeyHeader(none)],
		["httpBase(): scheme must be given", () => httpBase(none)],
		[
			"oauth2PasswordBearer(): tokenUrl must be given",
			() => oauth2PasswordBearer(none),
		],
		[
			"openIdConnect(): openIdConnectUrl must be given",
			() => openIdConnect(none),
		],
		[
			"jwtBearer(): algorithms must be given",
			() => jwtBearer(undefined as never),
		],
		[
			"cookieSession(): schema must be given",
			() => cookieSession(undefined as never),
		],
	];
	for (const [said, work] of missing) {
		test(said, () => {
			assert.throws(work, {
				code: "VIV_OPTION",
				message: new RegExp(`^VIV_OPTION: ${RegExp.escape(said)}`),
			});
		});
	}
});

suite("a value that would do nothing, or fail later", () => {
	const request = dependency(() => 1);
	const useless: readonly (readonly [said: RegExp, work: () => unknown])[] = [
		[
			/App: resources must be a list of dependencies of app scope/,
			() => new App({ resources: [request] }),
		],
		[
			/App: dependencies must be a list of dependencies/,
			() => new App({ dependencies: [5 as never] }),
		],
		[
			/: dependencies must be a list of dependencies, as dependency\(fn\) makes them; dependencies\[1\] is the function signedIn; write dependency\(async \(\) => …\)\.$/,
			() => {
				const signedIn = async () => {};
				new App().get(
					{ path: "/", dependencies: [request, signedIn as never] },
					() => 1,
				);
			},
		],
		[
			/App: resources must be .*; resources\[0\] is the function pool; write dependency\(async function\* \(\) \{ … \}, \{ scope: "app" \}\)\.$/,
			() => {
				const pool = async function* pool() {};
				new App({ resources: [pool as never] });
			},
		],
		[
			/Router: tags must be a list of texts; tags\[1\] is 7\.$/,
			() => new Router({ tags: ["a", 7 as never] }),
		],
		[
			/Router: tags must be a list of texts/,
			() => new Router({ tags: [5 as never] }),
		],
		[
			/App: logger must be an object with error, warn, info/,
			() => new App({ logger: none }),
		],
		[
			/App: webhooks must be an object with operations/,
			() => new App({ webhooks: none }),
		],
		[
			/App: docsUrl must begin with "\/" \(or be null to switch it off\), got false\./,
			() => new App({ docsUrl: false as never }),
		],
		[
			/responseClass must be a class of responses, such as HTMLResponse/,
			() =>
				new App().get(
					{ path: "/", responseClass: (() => 1) as never },
					() => 1,
				),
		],
		[
			/cors\(\): allowOrigins must be a list of texts/,
			() => cors({ allowOrigins: [5 as never] }),
		],
		[
			/conflictHandler\(\): expected a text or a function .* got object/,
			() => conflictHandler(none),
		],
		[
			/env\("PORT"\): expected a schema such as z\.string\(\) as second argument/,
			() => env("PORT", undefined as never),
		],
		[
			/expected the schema of an item, such as z\.object/,
			() => pageOf(undefined as never),
		],
		[
			/RedirectResponse: url must be a text or a URL, got undefined/,
			() => new RedirectResponse(undefined as never),
		],
		[
			/FileResponse: path must be the path of a file, got undefined/,
			() => new FileResponse(undefined as never),
		],
		[
			/A cookie's name must be a token/,
			() => new Response().setCookie(undefined as never),
		],
		[
			/serve: expected an App as first argument, got undefined/,
			() => serve(undefined as never, { exit: false }),
		],
		[
			/TestClient\.start\(\): expected an App as first argument, got object/,
			() => TestClient.start(none),
		],
	];
	test("is refused: env and ctx of Workers, an option that is nearly right", async () => {
		const app = new App();
		const request = new Request("http://localhost/");
		const fetch = app.fetch.bind(app) as (...given: unknown[]) => unknown;
		const said =
			/VIV_OPTION: app\.fetch\(\): takes a request and .* ctx\.waitUntil/;
		await assert.rejects(async () => fetch(request, { DB: {} }), said);
		await assert.rejects(
			async () => fetch(request, {}, { waitUntil() {} }),
			said,
		);
		await assert.rejects(
			async () => fetch(request, { waituntil() {} }),
			/app\.fetch\(\): there is no option "waituntil"; did you mean "waitUntil"/,
		);
	});

	test("is refused: the limits that Starlette's form() takes", async () => {
		const app = new App();
		app.post("/", {}, (_, request) =>
			(request.form as (limits: object) => unknown).call(request, {
				max_files: 1,
			}),
		);
		await using client = await TestClient.start(app);
		await assert.rejects(
			client.post("/", { form: { a: "1" } }),
			/VIV_OPTION: request\.form\(\): takes no options; .*limits/,
		);
	});

	for (const [said, work] of useless) {
		test(`is refused: ${said.source}`, async () => {
			await assert.rejects(async () => work(), said);
		});
	}
});
