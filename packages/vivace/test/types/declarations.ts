/**
 * The types that the compiler infers, and programs that it must refuse. Nothing here runs: `npm run types` is the test, and an error that
 * does not come is an error itself.
 */
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import {
	App,
	BackgroundTasks,
	Body,
	Cookie,
	Depends,
	dependency,
	Header,
	JSONResponse,
	Lifespan,
	Path,
	Query,
	Request,
	Response,
	Router,
} from "../../src/index.ts";
import { exactly } from "./exactly.ts";

const app = new App({
	lifespan: async function* () {
		yield { model: 42 };
	},
});

const Item = z.object({ name: z.string(), price: z.number().default(0) });

const pool = dependency(
	{ lifespan: Lifespan },
	async function* ({ lifespan }) {
		exactly<AbortSignal>()(lifespan.signal);
		yield { ping: () => "pong" as const };
	},
	{ scope: "app", check: (pool) => pool.ping() },
);

class Paging {
	readonly skip: number;
	constructor({ skip }: { readonly skip: number }) {
		this.skip = skip;
	}
}
const paging = dependency({ skip: z.int().default(0) }, Paging);
const user = dependency({ pool }, async ({ pool }) => ({ name: pool.ping() }));
const generated = dependency(function* () {
	yield 3;
});

// a wrapper gives the values of the function that it wraps
function traced<Arguments extends readonly unknown[], Result>(
	call: (...given: Arguments) => Result,
) {
	return (...given: Arguments): Result => call(...given);
}
async function* rows() {
	yield "row";
}
const wrapped = dependency(traced(rows));
const later = dependency(async () => rows());
const either = dependency(() => (Math.random() < 1 ? rows() : 3));
app.get("/wrapped", { wrapped, later, either }, (values) => {
	exactly<string>()(values.wrapped);
	exactly<string>()(values.later);
	exactly<string | number>()(values.either);
});

// values of every kind of declaration
app.post(
	"/items/{item_id}/{rest:path}",
	{
		item_id: z.int(),
		q: z.string().nullish(),
		limit: Query(z.int().default(10)),
		agent: Header(z.string().optional()),
		session: Cookie(z.string()),
		item: Item,
		pool,
		paging,
		user,
		generated,
		again: Depends(user, { useCache: false }),
		tasks: BackgroundTasks,
		request: Request,
		response: Response,
		valibot: v.optional(v.pipe(v.string(), v.minLength(1))),
		arktype: type("number.integer"),
	},
	(values, request) => {
		exactly<number>()(values.item_id);
		exactly<string | null | undefined>()(values.q);
		exactly<number>()(values.limit);
		exactly<string | undefined>()(values.agent);
		exactly<string>()(values.session);
		exactly<{ name: string; price: number }>()(values.item);
		exactly<"pong">()(values.pool.ping());
		exactly<number>()(values.paging.skip);
		exactly<"pong">()(values.user.name);
		exactly<number>()(values.generated);
		exactly<"pong">()(values.again.name);
		exactly<string>()(values.rest);
		exactly<string | undefined>()(values.valibot);
		exactly<number>()(values.arktype);
		exactly<number>()(request.state.model);
		values.tasks.add((text: string) => text, "x");
		// @ts-expect-error a task's arguments are those of its function
		values.tasks.add((text: string) => text, 3);
		// @ts-expect-error not declared
		values.nothing;
		// @ts-expect-error values are read-only
		values.item_id = 3;
		// @ts-expect-error the lifespan did not yield it
		request.state.other;
	},
);

// a partial update
app.patch(
	"/items/{item_id}",
	{
		changes: Body(z.object({ at: z.date(), items: z.array(Item) }), {
			excludeUnset: true,
		}),
		whole: Body(Item, { embed: true, excludeUnset: false }),
	},
	({ changes, whole }) => {
		exactly<{ at?: Date; items?: { name?: string; price?: number }[] }>()(
			changes,
		);
		exactly<{ name: string; price: number }>()(whole);
	},
);

// names in the path
app.get("/users/{user_id}", ({ user_id }) => {
	exactly<string>()(user_id);
});
// @ts-expect-error not in the path
app.get("/users/{user_id}", ({ id }) => id);
app.get("/plain", (values) => {
	// @ts-expect-error there is none
	values.anything;
});

// the response schema
app.get({ path: "/a", response: Item }, () => ({ name: "x" }));
app.get({ path: "/b", response: Item }, async () => ({ name: "x", price: 1 }));
app.get({ path: "/c", response: Item }, () => new JSONResponse({}));
app.get({ path: "/d", response: z.array(Item) }, async function* () {
	yield [{ name: "x" }];
});
// @ts-expect-error price must be a number
app.get({ path: "/e", response: Item }, () => ({ name: "x", price: "1" }));
// @ts-expect-error name is missing
app.get({ path: "/f", response: Item }, async () => ({ price: 1 }));
// @ts-expect-error nothing is no Item
app.get({ path: "/g", response: Item }, () => {});
app.get({ path: "/h", response: z.object({ at: z.date() }) }, () => ({
	at: new Date(),
}));

// declarations that are none
// @ts-expect-error a number declares nothing
app.get("/i", { x: 3 }, () => 1);
// @ts-expect-error a class that Vivace does not know
app.get("/j", { x: Map }, () => 1);
// @ts-expect-error no handler
app.get("/k", {});
// @ts-expect-error no such option
app.get({ path: "/l", stauts: 201 }, () => 1);
// @ts-expect-error scope is one of three
dependency(() => 1, { scope: "session" });
// @ts-expect-error the class takes a number
dependency({ skip: z.string() }, Paging);
// @ts-expect-error check gets the value
dependency(() => 1, { scope: "app", check: (value) => value.ping() });
// @ts-expect-error the default is a number
Path(z.int()).schema.parse;
// @ts-expect-error a lifespan is an async generator function
new App({ lifespan: async () => {} });

// routers
const router = new Router<{ readonly model: number }>({ prefix: "/r" });
router.get("/{id}", { id: z.uuid() }, ({ id }, request) => {
	exactly<string>()(id);
	exactly<number>()(request.state.model);
});
app.include(router);

// errors
class UnicornError extends Error {
	readonly horn = 1;
}
app.exceptionHandler(UnicornError, (_request, error) => {
	exactly<number>()(error.horn);
	return new Response();
});
// @ts-expect-error a handler answers
app.exceptionHandler(UnicornError, () => 3);
// @ts-expect-error a return was forgotten: each such error would be a 500
app.exceptionHandler(Error, () => {});
// @ts-expect-error the same of a promise
app.exceptionHandler(Error, async () => {});
app.exceptionHandler(Error, async (_request, _error, socket) => {
	await socket?.close(4000);
	return undefined;
});
app.exceptionHandler(404, () => {
	throw new UnicornError();
});

// overrides fit what they replace
app.overrides.set(
	user,
	dependency(() => ({ name: "pong" as const })),
);
const wrong = dependency(() => ({ name: 3 }));
// @ts-expect-error another value
app.overrides.set(user, wrong);
