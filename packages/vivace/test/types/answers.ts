/** The values that a handler with a response schema may return, and others. As in {@link file://./declarations.ts}, compiling is the test. */
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { App, JSONResponse, Router } from "../../src/index.ts";

const app = new App();

const Status = z.object({ status: z.enum(["ok", "bad"]) });
const Point = z.object({ at: z.tuple([z.number(), z.number()]) });
const Shape = z.discriminatedUnion("kind", [
	z.object({ kind: z.literal("circle"), radius: z.number() }),
	z.object({ kind: z.literal("square"), side: z.number() }),
]);
const coin = (): boolean => true;

// literals need no `as const`
app.get({ path: "/1", response: Status }, () => ({ status: "ok" }));
app.get({ path: "/2", response: Status }, async () => ({ status: "ok" }));
app.get({ path: "/3", response: Status }, () => {
	if (coin()) {
		return { status: "ok" };
	}
	return { status: "bad" };
});
app.get({ path: "/4", response: Status }, async () => {
	if (coin()) {
		return { status: "ok" };
	}
	return { status: "bad" };
});
app.get({ path: "/5", response: Status }, () => ({
	status: coin() ? "ok" : "bad",
}));
app.get({ path: "/6", response: Point }, () => ({ at: [1, 2] }));
app.get({ path: "/7", response: Point }, async () => ({ at: [1, 2] }));
app.get({ path: "/8", response: Shape }, () => ({ kind: "circle", radius: 1 }));
app.get({ path: "/9", response: Shape }, async () =>
	coin() ? { kind: "circle", radius: 1 } : { kind: "square", side: 2 },
);
app.get({ path: "/10", response: z.array(Status) }, () => [
	{ status: "ok" },
	{ status: "bad" },
]);
app.get({ path: "/11", response: z.array(Shape) }, async () => [
	{ kind: "circle", radius: 1 },
]);
app.get({ path: "/12", response: z.enum(["a", "b"]) }, () => "a");
app.get({ path: "/13", response: z.record(z.string(), Status) }, () => ({
	x: { status: "ok" },
}));
app.get({ path: "/14", response: Status }, function* () {
	yield { status: "ok" };
});
// the compiler looks for no literal in what an async generator yields
app.get({ path: "/15", response: Status }, async function* () {
	yield { status: "ok" as const };
});
app.get({ path: "/16", response: Status }, (_, request) =>
	coin() ? { status: "ok" } : new JSONResponse(request.method),
);
app.get({ path: "/17", response: Status }, async () =>
	coin() ? { status: "ok" } : new Response("x"),
);
app.get(
	{ path: "/18/{id}", response: Status },
	{ id: z.int() },
	async ({ id }) => ({ status: id > 1 ? "ok" : "bad" }),
);
app.route(["GET"], { path: "/19", response: Status }, () => ({
	status: "ok",
}));
const frozen = { list: ["a"] } as const;
app.get(
	{ path: "/20", response: z.object({ list: z.array(z.string()) }) },
	() => frozen,
);
const listed: readonly string[] = ["a"];
app.get({ path: "/21", response: z.array(z.string()) }, () => listed);
app.get(
	{ path: "/22", response: v.object({ status: v.picklist(["ok", "bad"]) }) },
	() => ({ status: "ok" }),
);
app.get(
	{ path: "/23", response: type({ status: "'ok'|'bad'", list: "string[]" }) },
	async () => ({ status: "ok", list: ["a"] }),
);
// a schema that converts: both sides of it
const Event = z.object({ at: z.date(), n: z.number().default(1) });
app.get({ path: "/24", response: Event }, () => ({ at: new Date() }));
const Code = z.object({
	n: z.codec(z.string(), z.number(), {
		decode: (text) => Number(text),
		encode: (value) => String(value),
	}),
});
app.get({ path: "/25", response: Code }, () => ({ n: 1 }));
app.get({ path: "/26", response: Code }, () => ({ n: "1" }));
app.get({ path: "/27", response: z.map(z.string(), z.int()) }, () => new Map());
app.get(
	{ path: "/28", response: z.map(z.string(), z.int()) },
	() => new Map([["a", 1]]),
);
app.get({ path: "/29", response: z.set(z.string()) }, () => new Set(["a"]));
app.get({ path: "/30", response: z.any() }, () => 3);
app.get({ path: "/31", response: z.unknown() }, () => ({ a: 1 }));
app.get({ path: "/39", response: z.unknown() }, () => null);
app.get({ path: "/40", response: z.object({ a: z.any() }) }, async () => ({
	a: null,
}));
app.get({ path: "/41", response: z.json() }, () => ({ a: [1, { b: null }] }));
const Rest = z.tuple([z.string()], z.number());
app.get({ path: "/42", response: Rest }, () => ["a", 1, 2]);
// no schema: anything
app.get("/32", () => ({ status: "ok", list: [1, "a", { b: new Date() }] }));
app.get("/33", async () => undefined);
app.get("/34", () => {});
const row: { status: "ok" | "bad"; secret: string } = {
	status: "ok",
	secret: "x",
};
app.get({ path: "/35", response: Status }, () => row);
class Model {
	readonly status = "ok";
	#secret = 1;
	get secret(): number {
		return this.#secret;
	}
}
app.get({ path: "/36", response: Status }, () => new Model());
interface Tree {
	name: string;
	children: Tree[];
}
const Tree: z.ZodType<Tree> = z.lazy(() =>
	z.object({ name: z.string(), children: z.array(Tree) }),
);
app.get({ path: "/37", response: Tree }, () => ({
	name: "a",
	children: [{ name: "b", children: [] }],
}));
app.get({ path: "/38", response: Status.nullable() }, () =>
	coin() ? null : { status: "ok" },
);

// wrong ones
// @ts-expect-error no such literal
app.get({ path: "/w1", response: Status }, () => ({ status: "fine" }));
// @ts-expect-error no such literal
app.get({ path: "/w2", response: Status }, async () => ({ status: "fine" }));
// @ts-expect-error any text
app.get({ path: "/w3", response: Status }, () => ({ status: String(1) }));
// @ts-expect-error too long
app.get({ path: "/w4", response: Point }, () => ({ at: [1, 2, 3] }));
// @ts-expect-error a circle has no side
app.get({ path: "/w5", response: Shape }, () => ({ kind: "circle", side: 1 }));
// @ts-expect-error a list is wanted
app.get({ path: "/w6", response: z.array(Status) }, () => ({ status: "ok" }));
app.get({ path: "/w7", response: z.array(Status) }, () => [
	{ status: "ok" },
	// @ts-expect-error one of the items is wrong, and the error stands at it
	{ status: "fine" },
]);
// @ts-expect-error one of the returns is wrong
app.get({ path: "/w8", response: Status }, () => {
	if (coin()) {
		return { status: "fine" };
	}
	return { status: "bad" };
});
// @ts-expect-error nothing is returned
app.get({ path: "/w9", response: Status }, () => {});
// @ts-expect-error a wrong item
app.get({ path: "/w10", response: Status }, function* () {
	yield { status: "fine" };
});
// @ts-expect-error a wrong item
app.get({ path: "/w11", response: Status }, async function* () {
	yield { status: "fine" as const };
});
// @ts-expect-error a field is missing
app.get({ path: "/w12", response: Event }, async () => ({ n: 1 }));
// @ts-expect-error the first must be a text
app.get({ path: "/w13", response: Rest }, () => [1, 2]);

// names in a router's prefix
const users = new Router({ prefix: "/users/{user_id}" });
users.get("/", ({ user_id }) => user_id.length);
users.get("/{id}", { id: z.int() }, ({ user_id, id }) => [
	user_id.length,
	id.toFixed(),
]);
users.get("/x", { user_id: z.int() }, ({ user_id }) => user_id.toFixed());
// @ts-expect-error the prefix does not have it
users.get("/y", ({ other_id }) => other_id);
const anyRouter: Router = users;
const byFunction = (prefix: string): Router => new Router({ prefix });
byFunction("/{a}").get("/{b}", { c: z.int() }, ({ b, c }) => [
	b.length,
	c.toFixed(),
]);
app.include(users);
app.include(anyRouter);
const withState = new Router<{ readonly model: number }>({ prefix: "/{a}" });
withState.get("/", (_, request) => request.state.model.toFixed());

// fields by their own names
const Account = z.object({
	name: z.string(),
	secret: z.string().optional(),
	owner: z.object({ email: z.string(), phone: z.string() }),
});
const account = () => ({ name: "a", owner: { email: "e", phone: "p" } });
app.get({ path: "/f1", response: Account, exclude: ["secret"] }, account);
app.get(
	{ path: "/f2", response: Account, include: { owner: ["email"] } },
	account,
);
app.get(
	{ path: "/f3", response: z.array(Account), exclude: ["secret", "owner"] },
	() => [account()],
);
app.get({ path: "/f4", response: Shape, exclude: ["side"] }, () => ({
	kind: "circle",
	radius: 1,
}));
app.get({ path: "/f5", response: z.any(), include: ["whatever"] }, account);
app.get({ path: "/f6", include: ["whatever"] }, account);
app.get({ path: "/f7", response: Account, exclude: ["secret"] }, function* () {
	yield account();
});
const named = z.codec(
	z.object({ "password-hash": z.string() }),
	z.object({ passwordHash: z.string() }),
	{
		decode: (sent) => ({ passwordHash: sent["password-hash"] }),
		encode: (own) => ({ "password-hash": own.passwordHash }),
	},
);
app.get({ path: "/f8", response: named, exclude: ["passwordHash"] }, () => ({
	passwordHash: "x",
}));
app.get(
	{
		path: "/f9",
		response: Account,
		// @ts-expect-error no such field, and the error stands at it
		exclude: ["sceret"],
	},
	account,
);
app.get(
	{
		path: "/f10",
		response: named,
		// @ts-expect-error its name on the wire
		include: ["password-hash"],
	},
	() => ({ passwordHash: "x" }),
);
