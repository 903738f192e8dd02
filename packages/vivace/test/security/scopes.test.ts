import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { App, Depends, dependency, Router, Security } from "vivace";
import {
	oauth2AuthorizationCodeBearer,
	oauth2PasswordBearer,
	SecurityScopes,
} from "vivace/security";
import { TestClient } from "vivace/testing";

const authorization = "Bearer abc";

async function read(app: App, path = "/"): Promise<unknown> {
	await using client = await TestClient.start(app);
	return (await client.get(path, { headers: { authorization } })).json();
}

async function securityOf(app: App): Promise<Record<string, unknown>> {
	await using client = await TestClient.start(app);
	const document = (await (await client.get("/openapi.json")).json()) as {
		paths: Record<string, Record<string, { security?: unknown }>>;
	};
	return Object.fromEntries(
		Object.entries(document.paths).flatMap(([path, item]) =>
			Object.entries(item).map(([method, operation]) => [
				`${method} ${path}`,
				operation.security,
			]),
		),
	);
}

describe("SecurityScopes", () => {
	it("are those of the way to it, outermost first", async () => {
		const one = dependency(
			{ asked: SecurityScopes },
			({ asked }) => asked.scopes,
		);
		const two = dependency(
			{ asked: SecurityScopes },
			({ asked }) => asked.scopes,
		);
		const both = dependency(
			{
				one: Security(one, ["scope1"]),
				two: Security(two, ["scope2", "scope3"]),
			},
			(made) => made,
		);
		const app = new App();
		app.get("/", { both: Security(both, ["scope3"]) }, ({ both }) => both);
		assert.deepEqual(await read(app), {
			one: ["scope3", "scope1"],
			two: ["scope3", "scope2"],
		});
	});

	it("are a text and a challenge, too", async () => {
		const asked = dependency(
			{ asked: SecurityScopes },
			({ asked: { scopeText, challenge } }) => ({ scopeText, challenge }),
		);
		const app = new App();
		app.get(
			"/",
			{ none: asked, two: Security(asked, ["me", "items"]) },
			(made) => made,
		);
		assert.deepEqual(await read(app), {
			none: { scopeText: "", challenge: "Bearer" },
			two: { scopeText: "me items", challenge: 'Bearer scope="me items"' },
		});
	});

	it("are none for the handler, and in app.scope()", async () => {
		const app = new App();
		app.get("/", { asked: SecurityScopes }, ({ asked }) => asked.scopes);
		assert.deepEqual(await read(app), []);
		await using _client = await TestClient.start(app);
		await app.scope({ asked: SecurityScopes }, ({ asked }) => {
			assert.deepEqual(asked.scopes, []);
		});
	});
});

describe("a dependency that is asked for with scopes", () => {
	function counting() {
		const counts = { db: 0, user: 0, me: 0, items: 0 };
		const db = dependency(() => `db ${++counts.db}`);
		const user = dependency({ db, asked: SecurityScopes }, ({ db, asked }) => ({
			user: ++counts.user,
			scopes: asked.scopes,
			db,
		}));
		const me = dependency({ user: Security(user, ["me"]) }, ({ user }) => ({
			me: ++counts.me,
			user,
		}));
		const items = dependency({ me }, ({ me }) => ({
			items: ++counts.items,
			me,
		}));
		return { counts, db, user, me, items };
	}

	it("is made once for each set of scopes, what is below and asks for none but once", async () => {
		const { counts, me, items } = counting();
		const app = new App();
		app.get("/", { me, items: Security(items, ["items"]) }, (made) => made);
		assert.deepEqual(await read(app), {
			me: { me: 1, user: { user: 1, scopes: ["me"], db: "db 1" } },
			items: {
				items: 1,
				me: { me: 2, user: { user: 2, scopes: ["items", "me"], db: "db 1" } },
			},
		});
		assert.deepEqual(counts, { db: 1, user: 2, me: 2, items: 1 });
	});

	it("is the same for the same scopes in any order", async () => {
		const { counts, user } = counting();
		const app = new App();
		app.get(
			"/",
			{ a: Security(user, ["x", "y"]), b: Security(user, ["y", "x"]) },
			({ a, b }) => a === b,
		);
		assert.equal(await read(app), true);
		assert.equal(counts.user, 1);
	});

	it("is made anew with useCache: false", async () => {
		const { counts, user } = counting();
		const app = new App();
		app.get(
			"/",
			{
				a: Security(user, ["x"]),
				b: Security(user, ["x"], { useCache: false }),
				c: Depends(user, { useCache: false }),
			},
			(made) => Object.keys(made).length,
		);
		assert.equal(await read(app), 3);
		assert.equal(counts.user, 3);
	});

	it("hands them to what overrides a dependency below", async () => {
		const { user, me } = counting();
		const app = new App();
		app.get("/", { me: Security(me, ["outer"]) }, ({ me }) => me.user);
		const fake = dependency({ asked: SecurityScopes }, ({ asked }) => ({
			user: 0,
			scopes: asked.scopes,
			db: "",
		}));
		app.overrides.set(user, fake);
		assert.deepEqual(await read(app), {
			user: 0,
			scopes: ["outer", "me"],
			db: "",
		});
	});
});

describe("the document", () => {
	const scheme = oauth2AuthorizationCodeBearer({
		authorizationUrl: "authorize",
		tokenUrl: "token",
		scopes: { read: "Read", write: "Write" },
	});
	const name = "OAuth2AuthorizationCodeBearer";

	it("names schemes wherever they stand, their scopes together", async () => {
		const token = dependency({ token: scheme }, ({ token }) => token);
		const app = new App({ dependencies: [token] });
		app.get("/", () => "root");
		const readWrite = ["read", "write"];
		app.get(
			{ path: "/scheme", dependencies: [Security(scheme, readWrite)] },
			() => "",
		);
		app.get(
			{ path: "/token", dependencies: [Security(token, readWrite)] },
			() => "",
		);
		const router = new Router({ dependencies: [Security(scheme, ["read"])] });
		router.get("/items/", { token: scheme }, ({ token }) => token);
		router.post(
			"/items/",
			{ token: Security(scheme, ["write", "read"]) },
			({ token }) => token,
		);
		app.include(router);
		const inner = new Router();
		inner.get("/inner", () => "");
		app.include(inner, { dependencies: [Security(scheme, ["write"])] });
		assert.deepEqual(await securityOf(app), {
			"get /": [{ [name]: [] }],
			"get /scheme": [{ [name]: readWrite }],
			"get /token": [{ [name]: readWrite }],
			"get /items/": [{ [name]: ["read"] }],
			"post /items/": [{ [name]: readWrite }],
			"get /inner": [{ [name]: ["write"] }],
		});
	});

	it("lists several schemes one after the other", async () => {
		const other = oauth2PasswordBearer({ tokenUrl: "token" });
		const app = new App();
		app.get("/", { a: other, b: Security(scheme, ["read"]) }, () => "");
		assert.deepEqual(await securityOf(app), {
			"get /": [{ OAuth2PasswordBearer: [] }, { [name]: ["read"] }],
		});
	});

	it("warns of two schemes with one name", async () => {
		const warnings: string[] = [];
		const warn = (message: string) => warnings.push(message);
		const app = new App({ logger: { info() {}, warn, error() {} } });
		const other = oauth2PasswordBearer({ tokenUrl: "other" });
		app.get("/a", { a: oauth2PasswordBearer({ tokenUrl: "token" }) }, () => "");
		app.get("/b", { b: other }, () => "");
		await securityOf(app);
		assert.match(warnings.join("\n"), /GET \/b: another security scheme/);
	});
});

describe("Security()", () => {
	const token = oauth2PasswordBearer({ tokenUrl: "token" });

	it("refuses what is no scope and no dependency", () => {
		for (const wrong of ["me", [1], ["a b"], ['a"b'], [""]]) {
			assert.throws(() => Security(token, wrong as never), {
				code: "VIV_OPTION",
			});
		}
		assert.throws(() => Security((() => 1) as never), {
			code: "VIV_DEPENDENCY",
		});
	});
});

describe("the option security", () => {
	it("makes a scheme of any dependency", async () => {
		const badge = dependency((_, request) => request.header("x-badge"), {
			security: {
				name: "Badge",
				scheme: { type: "apiKey", in: "header", name: "X-Badge" },
			},
		});
		const app = new App();
		app.get("/", { badge }, ({ badge }) => badge);
		assert.deepEqual(await securityOf(app), { "get /": [{ Badge: [] }] });
	});

	it("is refused in app scope", () => {
		const security = { name: "x", scheme: { type: "http", scheme: "basic" } };
		assert.throws(() => dependency(() => 1, { scope: "app", security }), {
			code: "VIV_OPTION",
		});
	});
});
