import { z } from "zod";
import { type Channel, type ChannelEvent, channel } from "../../src/channel.ts";
import { App } from "../../src/index.ts";
import { type RedisBrokerOptions, redisBroker } from "../../src/redis.ts";

const Note = z.object({ n: z.int(), more: z.string().optional() });
export type Notes = Channel<z.input<typeof Note>, z.output<typeof Note>>;

const quiet = { warn() {}, info() {} };

/** A process of a service, as far as the channel goes: an app of its own that has started. */
export async function service(
	url: string,
	options: Parameters<typeof channel>[2] = {},
	settings: Pick<RedisBrokerOptions, "commandTimeoutMs" | "log"> = {},
) {
	const broker = redisBroker(url, { log: quiet, ...settings });
	const notes = channel("notes", Note, { ...options, broker });
	const app = new App();
	app.get("/", { notes }, () => null);
	await app.start({ summary: false });
	const scope = await app.scope();
	const value: Notes = await scope.get(notes);
	return {
		notes: value,
		async [Symbol.asyncDispose]() {
			await scope[Symbol.asyncDispose]();
			await app.stop();
		},
	};
}

/** Reads until a number has come; gives what came, gaps as "gap". */
export async function readUntil(
	events: AsyncIterable<ChannelEvent<{ n: number }>>,
	last: number,
): Promise<(number | "gap")[]> {
	const read: (number | "gap")[] = [];
	for await (const event of events) {
		read.push(event.kind === "message" ? event.value.n : "gap");
		if (event.kind === "message" && event.value.n === last) {
			break;
		}
	}
	return read;
}

export function range(from: number, to: number): number[] {
	return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
