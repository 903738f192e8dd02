/** The data that all servers answer with, and how large it is. */

export interface Item {
	readonly id: number;
	readonly name: string;
	readonly price: number;
	readonly note: string | null;
	readonly active: boolean;
	readonly tags: readonly string[];
}

function item(id: number, note: string | null): Item {
	return {
		id,
		name: `item ${id}`,
		price: id + 0.5,
		note,
		active: id % 2 === 0,
		tags: ["garden", "wood"],
	};
}

const count = 1000;
const ids = Array.from({ length: count }, (_, id) => id);

/** 110 KB of JSON. */
export const items: readonly Item[] = ids.map((id) => item(id, "a short note"));

/** The same with a null in each. */
export const itemsWithNulls: readonly Item[] = ids.map((id) => item(id, null));

/** A hundred with a date each, which `JSON.stringify` writes as no Python program does. */
export const visits: readonly { readonly id: number; readonly at: Date }[] = ids
	.slice(0, 100)
	.map((id) => ({ id, at: new Date(1_700_000_000_000 + id * 86_400_000) }));

export const eventCount = 500;

/** Events that are ready at once: a history that a client catches up with. */
export async function* readyEvents(): AsyncGenerator<object> {
	for (let index = 0; index < eventCount; index += 1) {
		yield { symbol: "ABC", price: index * 1.25, volume: index };
	}
}

/** Eight events in a turn of the event loop, as a busy feed has them. */
export async function* feedEvents(): AsyncGenerator<object> {
	for (let index = 0; index < eventCount; index += 1) {
		if (index % 8 === 0) {
			await new Promise((resolve) => setImmediate(resolve));
		}
		yield { symbol: "ABC", price: index * 1.25, volume: index };
	}
}

/** Stays open and says one thing. */
export async function* oneEvent(): AsyncGenerator<object> {
	yield { connected: true };
	await new Promise(() => {});
}

/** How many times something was acquired and not released. */
export const open: { count: number } = { count: 0 };

/** Port, and the routes beside those that are measured: an app has others. */
export const port: number = Number(process.env.PORT);
export const moreRoutes: number = Number(process.env.BENCH_ROUTES ?? 0);
