import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import {
	dependency,
	HTTPException,
	Query,
	Router,
	Security,
} from "../../src/index.ts";
import { cors } from "../../src/middleware.ts";
import {
	apiKeyHeader,
	oauth2PasswordBearer,
	SecurityScopes,
	sameSecret,
} from "../../src/security.ts";
import { TestClient } from "../../src/testing.ts";
import { startLines, tellingApp } from "../support/start-lines.ts";

suite("a guard that guards nothing", () => {
	test("is told where nobody looks at the credentials that a scheme reads", async () => {
		const key = apiKeyHeader({ name: "x-key" });
		const lines = await startLines((app) => {
			app.get({ path: "/a", dependencies: [key] }, () => 1);
			app.get({ path: "/b", dependencies: [key] }, () => 1);
		});
		assert.equal(lines.length, 1);
		assert.match(
			lines[0] ?? "",
			/^GET \/a \(\S*unused-guards\.test\.ts:\d+\): nobody looks at the credentials that "APIKeyHeader" reads, so that any are good; /,
		);
	});

	test("is not told where something gets them", async () => {
		const key = apiKeyHeader({ name: "x-key" });
		const right = dependency({ key }, ({ key }) => {
			if (!sameSecret(key, "a secret")) {
				throw new HTTPException(403);
			}
		});
		const lines = await startLines((app) => {
			app.get({ path: "/a", dependencies: [right] }, () => 1);
			app.get({ path: "/b", dependencies: [key] }, { key }, () => 1);
			app.get({ path: "/c", dependencies: [key, right] }, () => 1);
		});
		assert.deepEqual(lines, []);
	});

	test("is told once where it says false, which lets everybody pass", async () => {
		const guard = dependency(
			{ token: Query(z.string()) },
			async ({ token }) => token === "right",
			{ name: "guard" },
		);
		const { app, lines } = tellingApp();
		app.get({ path: "/", dependencies: [guard] }, () => "in");
		app.get("/asked", { guard }, ({ guard }) => guard);
		await using client = await TestClient.start(app);
		for (const token of ["right", "wrong", "wrong"]) {
			const response = await client.get(`/?token=${token}`);
			assert.equal(response.status, 200); // as in FastAPI
		}
		const asked = await client.get("/asked?token=wrong");
		assert.equal(await asked.json(), false); // its value is somebody's
		assert.equal(lines.length, 1);
		assert.match(
			lines[0] ?? "",
			/^GET \/ \(\S+\): dependency "guard" gave false, which keeps nobody out; /,
		);
	});

	test("is told where nothing compares the scopes that are asked for", async () => {
		const token = oauth2PasswordBearer({ tokenUrl: "token" });
		const user = dependency({ token }, ({ token }) => token, { name: "user" });
		const lines = await startLines((app) => {
			app.get("/a", { user }, () => 1);
			app.delete("/b", { user: Security(user, ["w", "x"]) }, () => 1);
			app.delete("/c", { user: Security(user, ["y"]) }, () => 1);
		});
		assert.equal(lines.length, 1);
		assert.match(
			lines[0] ?? "",
			/^DELETE \/b \(\S*unused-guards\.test\.ts:\d+\): nobody compares the scopes \(w, x\) that Security\(\) asks of "user", .*; write SecurityScopes /,
		);
	});

	test("is not told where something at or below it gets the scopes, and told of those further down that it does not get", async () => {
		const token = oauth2PasswordBearer({ tokenUrl: "token" });
		const needed = SecurityScopes;
		const checked = dependency({ token, needed }, ({ token }) => token);
		const active = dependency({ checked }, ({ checked }) => checked);
		const own = Security(active, ["own"]);
		const blind = dependency({ token }, () => 1, { name: "blind" });
		const inner = Security(blind, ["inner"]);
		const outer = dependency({ checked, inner }, () => 1);
		assert.deepEqual(
			await startLines((app) => {
				app.get("/a", { active: Security(active, ["w"]) }, () => 1);
				app.get({ path: "/b", dependencies: [own] }, { checked }, () => 1);
			}),
			[],
		);
		const lines = await startLines((app) => {
			app.get("/c", { outer: Security(outer, ["w"]) }, () => 1);
		});
		assert.equal(lines.length, 1);
		assert.match(lines[0] ?? "", /\(w, inner\) that .* asks of "blind"/);
	});

	test("is told where CORS stands around routes, which no preflight reaches", async () => {
		const layer = cors({ allowOrigins: ["https://a.example"] });
		const lines = await startLines((app) => {
			const router = new Router({ routeMiddleware: [layer] });
			router.get("/a", () => 1);
			router.get("/b", () => 1);
			app.include(router);
			app.use(layer);
		});
		assert.equal(lines.length, 1);
		assert.match(
			lines[0] ?? "",
			/^GET \/a \(\S+\): cors\(\) stands in routeMiddleware, .*; write app\.use\(cors\(…\)\)$/,
		);
	});
});
