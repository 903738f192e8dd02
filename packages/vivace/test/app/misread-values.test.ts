import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import { App, dependency } from "../../src/index.ts";
import { startLines } from "../support/start-lines.ts";

/** An app as JavaScript sees it: no compiler refuses what its functions read. */
type Untyped = Record<
	"get" | "post" | "mount",
	(...values: unknown[]) => unknown
>;

const linesOf = (declare: (app: Untyped) => void) =>
	startLines((app) => declare(app as unknown as Untyped));

// biome-ignore lint/suspicious/noExplicitAny: that is the mistake
type Any = any;

suite("a value that a function reads and nobody gives it is told at the start", () => {
	test("with its place and the names that there are", async () => {
		const lines = await linesOf((app) => {
			app.get(
				"/items/{id}",
				{ q: z.string() },
				({ item, ids }: Any) => `${item}${ids}`,
			);
		});
		assert.equal(lines.length, 2);
		assert.match(
			lines[0] ?? "",
			/^GET \/items\/\{id\} \(\S*misread-values\.test\.ts:\d+\): the handler takes "item", which nothing gives it: there are q, id; declare it in the record$/,
		);
		assert.match(lines[1] ?? "", /takes "ids", .* did you mean "id"\?$/);
	});

	test("in a dependency, once", async () => {
		const user = dependency(({ token }: Any) => token, { name: "user" });
		const lines = await linesOf((app) => {
			app.get("/a", { user }, ({ user }: Any) => user);
			app.get("/b", { user }, ({ user }: Any) => user);
		});
		assert.equal(lines.length, 1);
		assert.match(
			lines[0] ?? "",
			/: dependency "user" takes "token", which nothing gives it: there are no values;/,
		);
	});

	test("where nothing is declared before the function, as FastAPI reads its parameters", async () => {
		const paging = dependency((limit: Any = 10) => limit, { name: "paging" });
		const user = dependency((_values: Any) => 1, { name: "user" });
		const lines = await linesOf((app) => {
			app.get("/", { paging, user }, (values: Any) => values.paging);
			app.get("/data", (data: Any) => data.items);
		});
		assert.equal(lines.length, 2);
		assert.match(
			lines[0] ?? "",
			/: dependency "paging" takes "limit", which has no values: nothing is declared before the function; write a record there, such as \{ limit: z\.string\(\) \}, and \(\{ limit \}\) here$/,
		);
		assert.match(lines[1] ?? "", /^GET \/data .*: the handler takes "data",/);
	});

	test("of a request, as Express has it", async () => {
		const lines = await linesOf((app) => {
			app.post("/", (_: Any, request: Any) => [
				request.query.page,
				request.headers["x-a"],
				request.headers.host,
				request.params.id,
				request.body,
				request.ip,
			]);
		});
		assert.deepEqual(
			lines.map((line) => line.replace(/^.*?: the handler reads /, "")),
			[
				'request.query.page, which is undefined; write request.query.get("page"), or declare it in the record',
				'request.headers[…], which is undefined; write request.headers.get("…"), or declare it in the record',
				'request.headers.host, which is undefined; write request.headers.get("host"), or declare it in the record',
				"request.params, which there is not; the path's values are in the first parameter",
				"request.body, which there is not; declare the body in the record, or write await request.json()",
				"request.ip, which there is not; write request.client?.host",
			],
		);
	});

	test("and what is right, may be missing or can't be read is not", async () => {
		const user = dependency(
			{ q: z.string().optional() },
			({ q }: Any, request: Any) => [q, request.query.get("q")],
		);
		const inner = new App();
		(inner as unknown as Untyped).get(
			"/{item}",
			({ item, tenant }: Any) => `${item}${tenant}`,
		);
		const wrapped =
			(handler: Any) =>
			(...values: unknown[]) =>
				handler(...values);
		const lines = await linesOf((app) => {
			app.get(
				"/{id}",
				{ user },
				({ id, user: [first], page = 1, ...rest }: Any, request: Any) => [
					id,
					first,
					page,
					rest,
					request.headers.get("host"),
					[...request.query.keys()],
					request.url,
				],
			);
			app.get(
				"/",
				wrapped(({ other }: Any) => other),
			);
			app.mount("/{tenant}", inner);
		});
		assert.deepEqual(lines, []);
	});
});
