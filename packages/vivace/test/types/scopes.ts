/** Which scope may live in which: the compiler says the same as run time, in both directions. Nothing here runs; `npm run types` is the test. */
import { z } from "zod";
import {
	App,
	BackgroundTasks,
	Body,
	Depends,
	dependency,
	Lifespan,
	Path,
	Query,
	Request,
	Response,
} from "../../src/index.ts";
import { exactly } from "./exactly.ts";

const pool = dependency(() => "pool", { scope: "app" });
const user = dependency(() => "user");
const session = dependency(
	function* () {
		yield "session";
	},
	{ scope: "function" },
);

// app scope needs app scope, and nothing of a request
dependency({ pool, lifespan: Lifespan }, ({ pool }) => pool.length, {
	scope: "app",
});
// @ts-expect-error the user is gone before it
dependency({ user }, () => 1, { scope: "app" });
// @ts-expect-error so is the session
dependency({ pool, session }, () => 1, { scope: "app" });
// @ts-expect-error also where its use has options
dependency({ user: Depends(user, { useCache: false }) }, () => 1, {
	scope: "app",
});
// @ts-expect-error there is no query before the first request
dependency({ q: z.string() }, () => 1, { scope: "app" });
// @ts-expect-error nor a request
dependency({ request: Request }, () => 1, { scope: "app" });
// @ts-expect-error nor tasks
dependency({ tasks: BackgroundTasks }, () => 1, { scope: "app" });

// a generator of request scope can't need function scope
// @ts-expect-error the session is gone before it cleans up
dependency({ session }, function* () {
	yield 1;
});
// @ts-expect-error also where it is asynchronous
dependency({ user, session }, async function* () {
	yield 1;
});
async function* rows() {
	yield "row";
}
// @ts-expect-error or comes out of a wrapper
dependency({ session }, async () => rows(), { scope: "request" });
// @ts-expect-error also where its use has options
dependency({ session: Depends(session) }, () => rows());
dependency(
	{ session },
	function* ({ session }) {
		exactly<string>()(session);
		yield 1;
	},
	{ scope: "function" },
);
dependency({ user, pool, q: z.string() }, function* ({ q }) {
	exactly<string>()(q);
	yield 1;
});

// a plain function can, and so can a class
const repository = dependency({ session }, async ({ session }) => ({
	session,
}));
class Repository {
	readonly session: string;
	constructor({ session }: { readonly session: string }) {
		this.session = session;
	}
}
const made = dependency({ session }, Repository);

// an optional resource may be away, for whoever needs it
const search = dependency(() => ({ find: () => 1 }), {
	scope: "app",
	optional: true,
	check: (search) => search.find(),
});
const there = dependency(() => 1, { scope: "app", optional: false });
const index = dependency(
	{ search, pool },
	({ search, pool }) => {
		exactly<{ find: () => number } | undefined>()(search);
		exactly<string>()(pool);
		// @ts-expect-error it may be away
		search.find();
		return search?.find() ?? 0;
	},
	{ scope: "app" },
);
const later = dependency(
	{ pool },
	async function* () {
		yield 3;
	},
	{ scope: "app", optional: true },
);

const app = new App();
app.get("/", { repository, made, search, there, index, later }, (values) => {
	exactly<string>()(values.repository.session);
	exactly<string>()(values.made.session);
	exactly<{ find: () => number } | undefined>()(values.search);
	exactly<number>()(values.there);
	exactly<number>()(values.index);
	exactly<number | undefined>()(values.later);
	// @ts-expect-error it may be away
	values.search.find();
});

// a record and a function, without a request
const sum = app.scope(
	{ repository, search, tasks: BackgroundTasks, limit: z.int().default(3) },
	async ({ repository, search, tasks, limit }, { signal }) => {
		exactly<string>()(repository.session);
		exactly<{ find: () => number } | undefined>()(search);
		exactly<number>()(limit);
		exactly<AbortSignal>()(signal);
		tasks.add(() => {});
		return 3;
	},
);
exactly<Promise<number>>()(sum);
exactly<Promise<string>>()(app.scope({}, () => "nothing is needed"));
// @ts-expect-error a query is read from a request
app.scope({ q: z.string() }, ({ q }) => q);
// @ts-expect-error also with the user beside it
app.scope({ user, q: Query(z.string()) }, ({ q }) => q);
// @ts-expect-error so is a path
app.scope({ id: Path(z.int()) }, ({ id }) => id);
// @ts-expect-error and a body
app.scope({ item: Body(z.object({ name: z.string() })) }, () => {});
// @ts-expect-error and the request itself
app.scope({ request: Request }, () => {});
// @ts-expect-error there is nobody who would get the response
app.scope({ response: Response }, () => {});
// @ts-expect-error a function alone has nothing to be given
app.scope(async () => {});
// @ts-expect-error a record alone has nobody to give it to
app.scope({ user });
