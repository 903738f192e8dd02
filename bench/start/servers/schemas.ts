import { z } from "zod";

/** How many path operations an app has; each has four schemas. */
export const routeCount: number = Number(process.env.BENCH_ROUTES ?? 300);

/** The schemas of one path operation: an ordinary mix of what an API of a shop says. */
export interface RouteSchemas {
	readonly id: z.ZodType<number>;
	readonly query: ReturnType<typeof querySchema>;
	readonly body: ReturnType<typeof bodySchema>;
	readonly answer: ReturnType<typeof answerSchema>;
}

export function routeSchemas(index: number): RouteSchemas {
	return {
		// a path is text: Fastify has no conversion of its own with Zod
		id: z.coerce.number().int().min(1),
		query: querySchema(),
		body: bodySchema(),
		answer: answerSchema(index),
	};
}

function querySchema() {
	return z.object({
		q: z.string().max(100).optional(),
		limit: z.coerce.number().int().min(1).max(100).default(20),
		sort: z.enum(["name", "price", "added"]).default("name"),
	});
}

function bodySchema() {
	return z.object({
		name: z.string().min(1).max(200),
		description: z.string().nullish(),
		price: z.number().min(0),
		tags: z.array(z.string().max(30)).default([]),
		maker: z.object({ name: z.string(), email: z.email().nullish() }),
		size: z.union([z.int(), z.enum(["s", "m", "l"])]).nullish(),
	});
}

function answerSchema(index: number) {
	return z
		.object({
			id: z.int(),
			name: z.string(),
			price: z.number(),
			tags: z.array(z.string()),
			maker: z.object({ name: z.string(), email: z.string().nullish() }),
		})
		.meta({ id: `Item${index}` });
}
