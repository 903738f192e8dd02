import { setTimeout as wait } from "node:timers/promises";
import { dependency } from "vivace";
import { BrokerUnavailableError, type Channel, channel } from "vivace/channel";
import { z } from "zod";

/** Somebody says that he is there, or goes. */
export const Sign = z.object({
	/** His connection: somebody whose connection was lost has two for a while. */
	connection: z.string(),
	person: z.string(),
	name: z.string(),
	isHere: z.boolean(),
});
type SignChannel = Channel<z.input<typeof Sign>, z.output<typeof Sign>>;

/** Somebody in a room. */
export interface Person {
	/** Stays the same when he connects again; nobody else is told of it. */
	readonly id: string;
	readonly name: string;
}

/** Times of a {@link Presence}. */
export interface PresenceTimes {
	/** How often somebody says that he is there, in milliseconds. */
	readonly signMs: number;
	/** How long he may be silent before he counts as gone, for instance because his process was killed. */
	readonly silenceMs: number;
}

/** Who is in which room, in all processes that share a broker. */
export class Presence {
	readonly #signs: SignChannel;
	readonly #times: PresenceTimes;

	constructor(signs: SignChannel, times: PresenceTimes) {
		this.#signs = signs;
		this.#times = times;
	}

	/** Says that somebody is in a room until the signal is aborted, and then that he has gone. */
	async stay(room: string, person: Person, signal: AbortSignal): Promise<void> {
		const { id, name } = person;
		const topic = this.#signs.topic(room);
		const sign = { connection: crypto.randomUUID(), person: id, name };
		const say = (isHere: boolean) =>
			topic.publish({ ...sign, isHere }).catch((error) => {
				if (!(error instanceof BrokerUnavailableError)) {
					throw error;
				}
				// the next sign says it, or his silence
			});
		while (!signal.aborted) {
			await say(true);
			await wait(this.#times.signMs, undefined, { signal }).catch(() => {}); // the loop sees it
		}
		await say(false);
	}

	/**
	 * The people in a room, who came first stands first, again whenever somebody comes or goes, until the signal is aborted. The order is
	 * the same for everybody.
	 */
	async *people(
		room: string,
		signal: AbortSignal,
	): AsyncGenerator<readonly Person[], void, undefined> {
		const known: Connections = new Map();
		let told = "";
		// from an id that nobody has: all signs that are kept, which is who is there
		const events = this.#signs.topic(room).subscribe({ from: "", signal });
		for await (const event of events) {
			if (event.kind === "gap") {
				continue;
			}
			const { connection, person: id, name, isHere } = event.value;
			if (isHere) {
				const seenMs = performance.now();
				known.set(connection, { person: { id, name }, seenMs }); // whoever has a place keeps it
			} else {
				known.delete(connection);
			}
			this.#forgetSilent(known);
			const people = new Map<string, Person>();
			for (const { person } of known.values()) {
				people.set(person.id, person);
			}
			const list = [...people.values()];
			const text = JSON.stringify(list);
			if (text !== told) {
				told = text;
				yield list;
			}
		}
	}

	#forgetSilent(known: Connections): void {
		const sinceMs = performance.now() - this.#times.silenceMs;
		for (const [connection, { seenMs }] of known) {
			if (seenMs < sinceMs) {
				known.delete(connection);
			}
		}
	}
}

/** The connections whose people are there, and when they were heard last. */
type Connections = Map<string, { person: Person; seenMs: number }>;

/** Presence as a dependency, by the broker of the service. */
export function presence(
	broker: Parameters<typeof channel>[2],
	times: PresenceTimes = { signMs: 10_000, silenceMs: 30_000 },
) {
	const signs = channel("presence", Sign, {
		...broker,
		backlog: { ageMs: times.silenceMs },
	});
	return dependency(
		{ signs },
		function presence({ signs }) {
			return new Presence(signs, times);
		},
		{ scope: "app" },
	);
}
