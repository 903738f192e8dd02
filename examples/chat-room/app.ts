import { join } from "node:path";
import { App, FileResponse, Query } from "vivace";
import { channel } from "vivace/channel";
import { redisBroker } from "vivace/redis";
import { staticFiles } from "vivace/static";
import { z } from "zod";
import { type PresenceTimes, presence } from "./presence.ts";

const Room = z.string().regex(/^[\p{L}\p{N}-]{1,30}$/u, "letters and digits");
const Name = z.string().trim().min(1).max(30);

const Say = z.object({ text: z.string().trim().min(1).max(2000) });

/** A message as the channel keeps it. */
const Message = z.object({ name: z.string(), text: z.string(), at: z.date() });

/** The events that a client is told. */
const Told = z.discriminatedUnion("kind", [
	z.object({ kind: z.literal("message"), id: z.string(), ...Message.shape }),
	/** Something was said before this that is not kept. */
	z.object({ kind: z.literal("gap") }),
	z.object({ kind: z.literal("people"), names: z.array(z.string()) }),
]);

/** Somebody else in the room has that name. */
const nameIsTaken = 4409;

/** Settings of {@link chatRoom}. */
export interface ChatRoomSettings {
	/** Redis, by which several processes are one service. Default: none, the process alone. */
	readonly redisUrl?: string | undefined;
	readonly presenceTimes?: PresenceTimes;
}

/** Rooms in which people talk. */
export function chatRoom({
	redisUrl,
	presenceTimes,
}: ChatRoomSettings = {}): App {
	const broker =
		redisUrl === undefined ? {} : { broker: redisBroker(redisUrl) };
	const said = channel("said", Message, {
		...broker,
		backlog: { count: 200, ageMs: 24 * 3_600_000 },
	});
	const present = presence(broker, presenceTimes);

	const app = new App({
		title: "Chat room",
		health: true,
		sockets: { allowedOrigins: "same", limits: { messageBytes: 16_384 } },
	});
	const folder = join(import.meta.dirname, "static");
	app.mount("/static", staticFiles(folder));
	app.get({ path: "/", includeInSchema: false }, function page() {
		return new FileResponse(join(folder, "chat-room.html"), {
			headers: { "content-security-policy": "default-src 'self'" },
		});
	});

	app.websocket(
		{ path: "/rooms/{room}", receives: Say, sends: Told, onInvalid: "report" },
		{
			room: Room,
			name: Query(Name),
			/** Told to nobody: with it a client that comes back is known to have the name. */
			person: Query(z.uuid()),
			from: Query(z.string().optional()),
			said,
			present,
		},
		async function talk({ room, name, person, from, said, present }, socket) {
			const own = { id: person, name };
			const topic = said.topic(room);
			const over = new AbortController();
			const signal = AbortSignal.any([socket.signal, over.signal]);
			await socket.accept();

			const tellMessages = async () => {
				let isBegun = from !== undefined;
				// from an id that nobody has: all that is kept
				for await (const event of topic.subscribe({
					from: from ?? "",
					signal,
				})) {
					if (event.kind === "message") {
						const { id, value } = event;
						await socket.send({ kind: "message", id, ...value });
					} else if (isBegun) {
						await socket.send({ kind: "gap" });
					}
					isBegun = true;
				}
			};
			const tellPeople = async () => {
				for await (const people of present.people(room, signal)) {
					const first = people.find((each) => each.name === name);
					if (first !== undefined && first.id !== person) {
						await socket.close(nameIsTaken, "somebody here has that name");
						return;
					}
					const names = people.map((each) => each.name);
					await socket.send({ kind: "people", names });
				}
			};
			const beside = Promise.all([
				tellMessages(),
				tellPeople(),
				present.stay(room, own, signal),
			]);
			beside.catch(() => socket.close(1011)); // which ends the loop
			try {
				for await (const { text } of socket) {
					await topic.publish({ name, text, at: new Date() });
				}
			} finally {
				over.abort();
				await beside;
			}
		},
	);
	return app;
}
