import { z } from "zod";
import type {
	OpenApiField,
	OpenApiInfo,
	OpenApiOperation,
	OpenApiOptions,
	OpenApiParameter,
	OpenApiResponse,
} from "../../src/openapi/operation.ts";

/** An API as records; `expected/<name>.json` is what FastAPI 0.141.1 with Pydantic 2.13.5 documents for the same API. */
export interface DescribedApp {
	readonly info?: Partial<OpenApiInfo>;
	readonly operations: readonly OpenApiOperation[];
	readonly options?: OpenApiOptions;
}

type Schema = OpenApiField["schema"];

function field(
	name: string,
	schema: Schema,
	isRequired = true,
	more: Partial<OpenApiField> = {},
): OpenApiField {
	return { name, schema, isRequired, ...more };
}

function parameter(
	place: OpenApiParameter["in"],
	name: string,
	schema: Schema,
	isRequired = true,
	more: Partial<OpenApiParameter> = {},
): OpenApiParameter {
	return { in: place, name, schema, isRequired, ...more };
}

function json(schema?: Schema, status = 200): OpenApiResponse {
	return { status, mediaType: "application/json", form: "json", schema };
}

function operation(
	method: string,
	path: string,
	name: string,
	more: Partial<OpenApiOperation> = {},
): OpenApiOperation {
	return { method, path, name, parameters: [], response: json(), ...more };
}

function body(
	...parts: readonly OpenApiField[]
): NonNullable<OpenApiOperation["body"]> {
	return { parts, isEmbedded: parts.length > 1 };
}

const Shade = z.enum(["dark", "light"]).meta({ id: "Shade" });
const Maker = z
	.object({
		name: z.string(),
		site: z.string().max(300).nullish().meta({ title: "Home page" }),
	})
	.meta({ id: "Maker" });
const Thing = z
	.object({
		name: z.string().meta({ examples: ["Lamp"] }),
		price: z.number().gt(0).describe("In crowns"),
		tax: z.number().nullish(),
		tags: z.set(z.string()).default(new Set()),
		maker: Maker.nullish(),
		parts: z.array(Maker).default([]),
		shade: Shade.default("dark"),
		weights: z.record(z.string(), z.number()).default({}),
		spot: z.tuple([z.int(), z.int()]).nullish(),
		made: z.date().nullable().default(null),
		kind: z.literal(["old", "new"]).default("new"),
	})
	.meta({ id: "Thing", description: "What one may have." });
const Message = z.object({ message: z.string() }).meta({ id: "Message" });
const InvoiceEvent = z
	.object({ text: z.string(), paid: z.boolean() })
	.meta({ id: "InvoiceEvent" });

const parameters: DescribedApp = {
	operations: [
		operation("GET", "/rooms/{room_id}/{shade}", "read_room", {
			description: "Reads one room.\n\nSaid twice.\n\f\nNot said.",
			parameters: [
				parameter("path", "room_id", z.int().gte(1).lte(99), true, {
					description: "Number on the door",
				}),
				parameter("path", "shade", Shade),
				parameter("query", "q", z.string().nullish(), false),
				parameter("query", "limit", z.int().default(10), false),
				parameter("query", "exact", z.boolean().default(false), false),
				parameter("query", "words", z.array(z.string()).default([]), false),
				parameter(
					"query",
					"mood",
					z.enum(["calm", "loud"]).default("calm"),
					false,
				),
				parameter("query", "since", z.date().nullish(), false),
				parameter("query", "size", z.number().gt(0).lt(10.5).nullish(), false),
				parameter(
					"query",
					"room-code",
					z.string().min(3).max(9).regex(/^r/).default("r00"),
					false,
					{ title: "Code", description: "Of the room", deprecated: true },
				),
				parameter("header", "user-agent", z.string().nullish(), false),
				parameter("header", "x-key", z.array(z.string()).nullish(), false),
				parameter("cookie", "visit", z.string().nullish(), false),
				parameter("query", "hidden", z.string().nullish(), false, {
					includeInSchema: false,
				}),
				parameter("query", "named", z.string().nullish(), false, {
					openapiExamples: { one: { summary: "One", value: "1" } },
				}),
				parameter("query", "listed", z.string().default("a"), false, {
					examples: ["a", "b"],
				}),
				parameter("query", "must", z.string()),
				parameter("query", "any", z.any(), false),
				parameter("query", "tint", Shade.nullish(), false),
				parameter("query", "tone", Shade.default("dark"), false),
			],
		}),
	],
};

const Filters = z
	.strictObject({
		limit: z.int().gt(0).lte(100).default(100),
		order_by: z.literal(["made_at", "seen_at"]).default("made_at"),
		tags: z.array(z.string()).default([]),
		wanted: z.string().describe("What one looks for"),
	})
	.meta({ id: "Filters" });
const Common = z.object({
	host: z.string(),
	save_data: z.boolean(),
	if_modified_since: z.string().nullish(),
	x_tag: z.array(z.string()).default([]),
});
const Crumbs = z.object({
	session_id: z.string(),
	tracker: z.string().nullish(),
});

const parameter_models: DescribedApp = {
	operations: [
		operation("GET", "/found", "find", {
			parameters: [
				parameter("query", "filters", Filters, true, { isModel: true }),
			],
		}),
		operation("GET", "/heard", "hear", {
			parameters: [
				parameter("header", "common", Common, true, { isModel: true }),
			],
		}),
		operation("GET", "/raw", "hear_raw", {
			parameters: [
				parameter("header", "common", Common, true, {
					isModel: true,
					convertUnderscores: false,
				}),
			],
		}),
		operation("GET", "/eaten", "eat", {
			parameters: [
				parameter("cookie", "crumbs", Crumbs, true, { isModel: true }),
			],
		}),
	],
};

const goodThing = { name: "Lamp", price: 3 };
const thing = field("thing", Thing);
const bodies: DescribedApp = {
	operations: [
		operation("POST", "/things", "create_thing", {
			tags: ["things"],
			body: body(thing),
			response: { ...json(Thing, 201), description: "The new thing" },
		}),
		operation("PUT", "/things/{thing_id}", "change_thing", {
			parameters: [
				parameter("path", "thing_id", z.int()),
				parameter("query", "q", z.string().nullish(), false),
			],
			body: body(
				thing,
				field("maker", Maker),
				field("weight", z.int().gt(0)),
				field("note", z.string().nullish(), false),
			),
		}),
		operation("PUT", "/embedded", "embedded", {
			body: { parts: [thing], isEmbedded: true },
		}),
		operation("POST", "/list", "many", {
			body: body(field("things", z.array(Thing))),
			response: json(z.array(Thing)),
		}),
		operation("POST", "/map", "mapping", {
			body: body(field("weights", z.record(z.string(), z.number()))),
			response: json(z.record(z.string(), z.number())),
		}),
		operation("POST", "/maybe", "maybe", {
			body: body(field("thing", Thing.nullish(), false)),
		}),
		operation("POST", "/examples", "examples", {
			body: body(
				field("thing", Thing, true, {
					openapiExamples: { good: { summary: "Good", value: goodThing } },
				}),
			),
		}),
		operation("POST", "/examples2", "examples2", {
			body: body(field("thing", Thing, true, { examples: [goodThing] })),
		}),
		operation("PATCH", "/all-maybe", "all_maybe", {
			body: body(
				field("thing", Thing.nullish(), false),
				field("maker", Maker.nullish(), false),
			),
		}),
		operation("GET", "/none", "none"),
		operation("DELETE", "/gone", "gone", { response: json(undefined, 204) }),
		operation("POST", "/text", "text", {
			body: { ...body(field("x", z.string())), mediaType: "text/plain" },
		}),
	],
};

const form = "application/x-www-form-urlencoded";
const forms: DescribedApp = {
	operations: [
		operation("POST", "/login/", "login", {
			body: {
				mediaType: form,
				isEmbedded: true,
				parts: [
					field("username", z.string()),
					field("password", z.string()),
					field("remember", z.boolean().default(false), false),
				],
			},
		}),
		operation("POST", "/model/", "model", {
			body: {
				mediaType: form,
				isEmbedded: false,
				parts: [
					field(
						"data",
						z
							.strictObject({ username: z.string(), password: z.string() })
							.meta({ id: "Login" }),
					),
				],
			},
		}),
		operation("POST", "/files/", "files", {
			body: {
				mediaType: "multipart/form-data",
				isEmbedded: true,
				parts: [
					field("file", z.file(), true, { description: "The raw bytes" }),
					field("files", z.array(z.file())),
					field("token", z.string()),
					field("more", z.file().nullish(), false),
				],
			},
		}),
	],
};

function answer(
	form: OpenApiResponse["form"],
	mediaType: string | null,
	schema?: Schema,
	status = 200,
): Partial<OpenApiOperation> {
	return { response: { form, mediaType, schema, status } };
}

const responses: DescribedApp = {
	operations: [
		operation("GET", "/a/{item_id}", "read_a", {
			parameters: [parameter("path", "item_id", z.string())],
			response: json(Maker),
			responses: {
				404: { schema: Message },
				"4xx": { description: "Yours" },
				default: { description: "Else", schema: Message },
				500: { schema: z.array(Message) },
				302: { description: "Moved" },
				200: {
					content: { "image/png": {} },
					description: "JSON or a picture",
				},
				418: {},
				299: {},
			},
		}),
		operation("GET", "/html", "html", answer("text", "text/html")),
		operation("GET", "/plain", "plain", {
			...answer("text", "text/plain"),
			responses: { 404: { schema: Message } },
		}),
		operation("GET", "/moved", "moved", answer("text", null, undefined, 307)),
		operation("GET", "/stream", "stream", answer("text", null)),
		operation(
			"GET",
			"/lines",
			"lines",
			answer("jsonLines", "application/json", Maker),
		),
		operation(
			"GET",
			"/untyped-lines",
			"untyped_lines",
			answer("jsonLines", "application/json"),
		),
		operation(
			"GET",
			"/events",
			"events",
			answer("events", "text/event-stream", Maker),
		),
		operation(
			"GET",
			"/untyped-events",
			"untyped_events",
			answer("events", "text/event-stream"),
		),
		operation("GET", "/union", "union", {
			response: json(z.union([Maker, Message])),
		}),
		operation("GET", "/number", "number", { response: json(z.int()) }),
		operation("GET", "/none-or", "none_or", {
			response: json(Maker.nullable()),
		}),
		operation("GET", "/own", "own", {
			parameters: [parameter("query", "q", z.int())],
			responses: { 422: { schema: Message } },
		}),
		operation("GET", "/linked", "linked", {
			responses: {
				201: {
					description: "Made",
					headers: { location: { schema: { type: "string" } } },
					links: { x: { operationId: "own" } },
				},
			},
		}),
	],
};

const metadata: DescribedApp = {
	info: {
		title: "House",
		version: "2.5.0",
		summary: "A short one",
		description: "# Long",
		termsOfService: "http://example.com/terms/",
		contact: {
			name: "Ann",
			url: "http://example.com/contact/",
			email: "ann@example.com",
		},
		license: { name: "MIT", identifier: "MIT" },
		tags: [
			{
				name: "rooms",
				description: "Those one sleeps in",
				externalDocs: {
					description: "More",
					url: "https://example.com/docs",
				},
			},
		],
		servers: [
			{ url: "/api/v1" },
			{ url: "https://test.example.com/v1", description: "Test" },
		],
		externalDocs: { url: "https://example.com/docs" },
	},
	operations: [
		operation("GET", "/rooms/", "get_rooms", {
			tags: ["rooms"],
			summary: "All of them",
			description: "  Every one. ",
			operationId: "listRooms",
			deprecated: true,
			parameters: [parameter("query", "a", z.int().default(1), false)],
			openapiExtra: {
				"x-team": "house",
				parameters: [{ in: "query", name: "raw", schema: { type: "string" } }],
			},
		}),
		operation("POST", "/raw", "raw", {
			openapiExtra: {
				requestBody: {
					content: {
						"application/yaml": {
							schema: {
								type: "object",
								required: ["a"],
								properties: { a: { type: "string" } },
							},
						},
					},
					required: true,
				},
			},
		}),
		operation("GET", "/both", "getBoth", { summary: "Getboth" }),
	],
};

const oauth = {
	name: "OAuth2PasswordBearer",
	scheme: {
		type: "oauth2",
		flows: {
			password: {
				scopes: { me: "Read yourself", items: "Read items" },
				tokenUrl: "token",
			},
		},
	},
};
const key = {
	name: "APIKeyHeader",
	scheme: { type: "apiKey", in: "header", name: "x-key" },
};
const securities: DescribedApp = {
	operations: [
		operation("GET", "/me", "me", {
			security: [
				{ ...oauth, scopes: ["items"] },
				{ ...oauth, scopes: ["items", "me"] },
			],
		}),
		operation("GET", "/plain", "plain", {
			security: [
				{ ...oauth, scopes: [] },
				{ ...key, scopes: [] },
			],
		}),
	],
};

const Branch = z
	.object({
		label: z.string(),
		get twigs() {
			return z.array(Branch).default([]);
		},
	})
	.meta({ id: "Branch" });
const Both = z
	.object({
		stamped: z
			.object({ label: z.string(), at: z.date() })
			.meta({ id: "Stamped" }),
		count: z.int().default(0),
	})
	.meta({ id: "Both" });

const two_sides: DescribedApp = {
	operations: [
		operation("POST", "/tree", "tree", {
			body: body(field("branch", Branch)),
			response: json(Branch),
		}),
		operation("POST", "/both", "both", {
			body: body(field("b", Both)),
			response: json(Both),
		}),
	],
};

const callbacks: DescribedApp = {
	operations: [
		operation("POST", "/invoices/", "create_invoice", {
			parameters: [
				parameter("query", "callback_url", z.string().nullish(), false),
			],
			callbacks: [
				operation(
					"POST",
					"{$callback_url}/invoices/{$request.body.id}",
					"invoice_notification",
					{
						body: body(field("body", InvoiceEvent)),
						response: json(
							z.object({ ok: z.boolean() }).meta({ id: "Received" }),
						),
					},
				),
			],
		}),
	],
	options: {
		webhooks: [
			operation("POST", "new-subscription", "new_subscription", {
				description: "Sent for each new one.",
				body: body(field("body", InvoiceEvent)),
			}),
		],
	},
};

const unique_ids: DescribedApp = {
	operations: [
		operation("POST", "/things/", "add", {
			uniqueId: "things-add",
			tags: ["things"],
			body: body(field("thing", Maker), field("other", Maker)),
			response: json(z.array(Maker)),
		}),
	],
};

const shared_dependency: DescribedApp = {
	operations: [
		operation("GET", "/items/", "read_items", {
			parameters: [
				parameter("query", "last", z.int().default(1), false),
				parameter("query", "q", z.string().nullish(), false),
				parameter("query", "skip", z.int().default(0), false),
				parameter("query", "limit", z.int().default(100), false),
				parameter("query", "q", z.string()),
			],
		}),
	],
};

const Car = z
	.object({ type: z.literal("car").default("car"), doors: z.int() })
	.meta({ id: "Car" });
const Plane = z
	.object({ type: z.literal("plane"), size: z.int() })
	.meta({ id: "Plane" });
const Vehicle = z.discriminatedUnion("type", [Car, Plane]);

const unions: DescribedApp = {
	operations: [
		operation("POST", "/garage", "garage", {
			body: body(
				field(
					"g",
					z
						.object({
							first: Vehicle,
							rest: z.array(z.union([Car, Plane])),
						})
						.meta({ id: "Garage" }),
				),
				field("extra", Vehicle),
			),
			response: json(z.union([Car, Plane])),
		}),
	],
};

export const describedApps: Readonly<Record<string, DescribedApp>> = {
	parameters,
	parameter_models,
	bodies,
	forms,
	responses,
	metadata,
	securities,
	two_sides,
	callbacks,
	unique_ids,
	shared_dependency,
	unions,
};
