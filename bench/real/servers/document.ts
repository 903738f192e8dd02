/**
 * Prints how long the first OpenAPI document of many routes takes, and how long it holds up everybody else: `document.js vivace 1000`. Each route has
 * a path parameter, two query parameters, a body and an answer with models of their own.
 */
import fastifySwagger from "@fastify/swagger";
import { fastify } from "fastify";
import { App } from "vivace";
import { z } from "zod";

const [, , framework = "", size = "0"] = process.argv;
const count = Number(size);

const ask = framework === "fastify" ? await withFastify() : await withVivace();
await settled();
const watch = watchTurns();
const from = cpuMs();
const bytes = await ask();
const totalMs = cpuMs() - from;
const longestMs = await watch.end();
console.log(JSON.stringify({ totalMs, longestMs, bytes }));
process.exit();

async function withVivace(): Promise<() => Promise<number>> {
	const app = new App();
	for (let index = 0; index < count; index += 1) {
		const Item = z
			.object({
				name: z.string().min(1).max(80),
				price: z.number().gt(0),
				note: z.string().nullish(),
				tags: z.array(z.string()).default([]),
			})
			.meta({ id: `Item${index}` });
		const Answer = Item.extend({ id: z.int() }).meta({ id: `Answer${index}` });
		app.put(
			{ path: `/things${index}/{id}`, response: Answer },
			{
				id: z.int(),
				q: z.string().optional(),
				limit: z.int().default(10),
				item: Item,
			},
			({ id, item }) => ({ id, ...item }),
		);
	}
	await app.start({ summary: false });
	// the runtime loads its Request and Response by the first
	await (await app.fetch(new Request("http://a.example/none"))).text();
	return async () => {
		const response = await app.fetch(
			new Request("http://a.example/openapi.json"),
		);
		return (await response.arrayBuffer()).byteLength;
	};
}

async function withFastify(): Promise<() => Promise<number>> {
	const app = fastify();
	await app.register(fastifySwagger, {
		openapi: { openapi: "3.1.0", info: { title: "Things", version: "0.1.0" } },
		refResolver: { buildLocalReference: ({ $id }) => String($id) },
	});
	for (let index = 0; index < count; index += 1) {
		const properties = {
			name: { type: "string", minLength: 1, maxLength: 80 },
			price: { type: "number", exclusiveMinimum: 0 },
			note: { type: ["string", "null"] },
			tags: { type: "array", items: { type: "string" }, default: [] },
		};
		const required = ["name", "price"];
		const item = { $id: `Item${index}`, type: "object", required, properties };
		const answer = {
			...{ $id: `Answer${index}`, type: "object" },
			required: [...required, "id"],
			properties: { ...properties, id: { type: "integer" } },
		};
		app.addSchema(item);
		app.addSchema(answer);
		app.put(
			`/things${index}/:id`,
			{
				schema: {
					params: {
						type: "object",
						properties: { id: { type: "integer" } },
					},
					querystring: {
						type: "object",
						properties: {
							q: { type: "string" },
							limit: { type: "integer", default: 10 },
						},
					},
					body: { $ref: `Item${index}#` },
					response: { 200: { $ref: `Answer${index}#` } },
				},
			},
			async (request) => request.body,
		);
	}
	await app.ready();
	return async () => Buffer.byteLength(JSON.stringify(app.swagger()));
}

/** The start has left nothing to do. */
async function settled(): Promise<void> {
	for (let turn = 0; turn < 50; turn += 1) {
		await new Promise((resolve) => setImmediate(resolve));
	}
}

/** The longest that a turn of the event loop takes, in processor time of its thread where the runtime tells it. */
function watchTurns(): { end(): Promise<number> } {
	let longestMs = 0;
	let last = cpuMs();
	let isOver = false;
	const look = () => {
		const now = cpuMs();
		longestMs = Math.max(longestMs, now - last);
		last = now;
		if (!isOver) {
			setImmediate(look);
		}
	};
	setImmediate(look);
	return {
		async end() {
			await new Promise((resolve) => setImmediate(resolve));
			isOver = true;
			return longestMs;
		},
	};
}

function cpuMs(): number {
	if (process.threadCpuUsage === undefined) {
		return performance.now();
	}
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1000;
}
