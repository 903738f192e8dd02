import { App, dependency, EventSourceResponse, serve } from "vivace";
import { z } from "zod";
import {
	feedEvents,
	items,
	itemsWithNulls,
	moreRoutes,
	oneEvent,
	open,
	port,
	readyEvents,
	visits,
} from "./data.js";

const Item = z.object({
	id: z.int(),
	name: z.string(),
	price: z.number(),
	note: z.string().nullable(),
	active: z.boolean(),
	tags: z.array(z.string()),
});

const List = z.array(Item);

/** The list as another library describes it, which only a server that measures that loads. */
async function listOf(library: string | undefined): Promise<typeof List> {
	switch (library) {
		case "valibot":
			return (await import("./valibot-list.js")).List as never; // it takes the same
		case "arktype":
			return (await import("./arktype-list.js")).List as never;
		default:
			return List;
	}
}

const Body = await listOf(process.env.BENCH_SCHEMA);

const sync = () =>
	dependency(function* () {
		open.count += 1;
		yield 1;
		open.count -= 1;
	});
const later = () =>
	dependency(async function* () {
		open.count += 1;
		yield 1;
		open.count -= 1;
	});
const plain = dependency(() => 1);
const [one, two, three] = [sync(), sync(), sync()] as const;
const [first, second, third] = [later(), later(), later()] as const;

const app = new App({ limits: { bodyBytes: 20_000_000 } });

app.get("/hello", () => ({ message: "hello" }));
app.get("/plain", { plain }, ({ plain }) => plain);
app.get("/sync-1", { one }, ({ one }) => one);
app.get("/sync-3", { one, two, three }, ({ one }) => one);
app.get("/async-1", { first }, ({ first }) => first);
app.get("/async-3", { first, second, third }, ({ first }) => first);
app.get("/list", () => items);
app.get("/list-nulls", () => itemsWithNulls);
app.get({ path: "/list-schema", response: List }, () => [...items]);
app.get({ path: "/list-schema-nulls", response: List }, () => [
	...itemsWithNulls,
]);
app.get("/visits", () => visits);
app.get({ path: "/events", responseClass: EventSourceResponse }, readyEvents);
app.get({ path: "/feed", responseClass: EventSourceResponse }, feedEvents);
app.get("/lines", readyEvents);
app.get({ path: "/open", responseClass: EventSourceResponse }, oneEvent);
app.post("/body", { items: Body }, ({ items }) => items.length);
app.post("/upload", {}, async (_values, request) => {
	let size = 0;
	for await (const chunk of request.stream()) {
		size += chunk.length;
	}
	return size;
});
for (let index = 0; index < moreRoutes; index += 1) {
	app.get(`/more${index}`, () => index);
}

const log = { info() {}, warn() {}, error: console.error };
await serve(app, { port, host: "127.0.0.1", log, maxConnections: 20_000 });
