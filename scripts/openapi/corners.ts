import { type } from "arktype";
import * as v from "valibot";
import {
	App,
	Body,
	Cookie,
	EventSourceResponse,
	Header,
	HTTPExceptionBody,
	OutgoingRouter,
	Query,
	Router,
	shortUniqueId,
} from "vivace";
import { cursorPageOf, pageOf } from "vivace/pagination";
import { aliased, camel, float } from "vivace/schemas";
import { z } from "zod";

const Colour = { 1: "Red", 2: "Green", Red: 1, Green: 2 } as const;
const Cents = z.codec(z.string().regex(/^\d+\.\d\d$/), z.int(), {
	decode: (text) => Math.round(Number(text) * 100),
	encode: (cents) => (cents / 100).toFixed(2),
});
const Cat = z.object({ kind: z.literal("cat"), lives: z.int().default(9) });
const Dog = z.object({ kind: z.literal("dog"), tail: z.boolean().nullish() });
const Pet = z
	.discriminatedUnion("kind", [
		Cat.meta({ id: "Cat" }),
		Dog.meta({ id: "Dog" }),
	])
	.meta({ id: "Pet" });
const Tree = z
	.object({
		name: z.string(),
		get children() {
			return z.array(Tree).default([]);
		},
	})
	.meta({ id: "Tree" });
const Loop: z.ZodType = z.object({
	get next() {
		return Loop.nullish();
	},
});
const Everything = z
	.object({
		colour: z.enum(Colour as never),
		price: Cents.default(150),
		tags: z.set(z.string()).default(new Set(["a"])),
		sizes: z.map(z.string(), z.int()),
		counts: z.record(z.enum(["a", "b"]), z.int()),
		spot: z.tuple([z.number(), z.number(), z.string().nullish()]),
		big: z.bigint().default(5n),
		at: z.date(),
		local: z.iso.datetime({ local: true }),
		mixed: z.literal([0.5, 1, "x", null]),
		code: z.string().regex(/^[a-z]+$/i),
		odd: z.string().regex(/^\p{Lu}$/iu),
		anything: z.any(),
		either: z.union([z.int(), z.string(), z.null()]),
		pet: Pet.nullish(),
		bytes: z.base64(),
		file_name: z.templateLiteral(["a-", z.int()]),
	})
	.meta({ id: "Everything/of it" });

/** An app of what the examples do not have: the corners of schemas, of libraries, of paths, of outgoing requests. */
export function corners(options: ConstructorParameters<typeof App>[0]): App {
	const app = new App({
		title: "Corners",
		openapiVersion: "3.2.0",
		logger: { info() {}, warn() {}, error: console.error }, // its corners are warned of
		webhooks: webhooks(),
		...options,
	}) as App;
	app.post(
		{ path: "/everything", response: Everything, callbacks: callbacks() },
		{ everything: Everything },
		({ everything }) => everything as never,
	);
	app.post(
		{ path: "/trees", response: Tree },
		{ tree: Tree },
		({ tree }) => tree,
	);
	app.post(
		{ path: "/loops", response: Loop },
		{ loop: Loop },
		({ loop }) => loop,
	);
	app.include(parameters());
	app.include(answers());
	return app;
}

function webhooks(): OutgoingRouter {
	const router = new OutgoingRouter();
	router.post({ path: "changed/{kind}", name: "changed" }, { pet: Pet });
	return router;
}

function callbacks(): OutgoingRouter {
	const router = new OutgoingRouter();
	router.post(
		{ path: "{$request.body.local}/paid/{id:int}", name: "paid" },
		{ id: z.int(), tree: Tree },
	);
	return router;
}

function parameters(): Router {
	const router = new Router({ tags: ["parameters"] });
	const Filter = z.object({ page_size: z.int().default(10), pet: z.string() });
	router.get(
		"/files/{kind}/{path:path}",
		{
			kind: z.enum(["a", "b"]),
			size: float({ default: 1 }),
			user_agent: Header(z.string().nullish()),
			session: Cookie(z.string().optional()),
			filter: Query(Filter),
		},
		(values) => values as never,
	);
	router.put(
		"/bodies",
		{ pet: Pet, tree: Tree.nullish(), number: Body(z.int().default(1)) },
		() => null,
	);
	router.post(
		"/camel",
		{ item: camel(z.object({ list_price: Cents })) },
		() => 1,
	);
	router.post(
		"/aliased",
		{
			item: aliased(z.object({ a: z.int().default(1) }), {
				aliases: { a: "x-a" },
			}),
		},
		() => 1,
	);
	router.post(
		"/text",
		{ text: Body(z.string(), { mediaType: "text/csv" }) },
		() => null,
	);
	return router;
}

function answers(): Router {
	const router = new Router({
		tags: ["answers"],
		responses: { 404: { schema: HTTPExceptionBody }, "5XX": {} },
	});
	const valibot = v.object({
		at: v.date(),
		colour: v.enum(Colour as never),
		count: v.optional(v.pipe(v.string(), v.transform(Number)), "1"),
	});
	const arktype = type({ a: /^[a-z]+$/i, "b?": "0.5|1", c: "string.email" });
	router.post(
		{ path: "/valibot", response: valibot },
		{ body: valibot },
		() => null as never,
	);
	router.post(
		{ path: "/arktype", response: arktype },
		{ body: arktype },
		() => null as never,
	);
	router.get(
		{ path: "/pages", response: pageOf(Tree).schema },
		() => null as never,
	);
	router.get(
		{ path: "/cursors", response: cursorPageOf(Pet, { key: "kind" }).schema },
		() => null as never,
	);
	router.get({ path: "/lines", response: Everything }, async function* lines() {
		yield {} as never;
	});
	router.get(
		{ path: "/events", response: Pet, responseClass: EventSourceResponse },
		async function* events() {
			yield { kind: "cat" } as never;
		},
	);
	router.delete({ path: "/nothing", status: 204 }, function nothing() {});
	router.route(["GET", "POST"], "/both", function both() {});
	return router;
}

/** The apps by name: as documented by default, and as generators ask for. */
export const cornerApps: Readonly<Record<string, () => App>> = {
	"corners.plain": () => corners({}),
	"corners.short": () =>
		corners({ generateUniqueId: shortUniqueId, openapiTitles: false }),
	"corners.joined": () => corners({ separateInputOutputSchemas: false }),
};
