import { join } from "node:path";
import {
	App,
	dependency,
	EventSourceResponse,
	FileResponse,
	Header,
	Query,
	ServerSentEvent,
} from "vivace";
import { BrokerUnavailableError, channel } from "vivace/channel";
import { redisBroker } from "vivace/redis";
import { staticFiles } from "vivace/static";
import { z } from "zod";
import { Figures, Meter } from "./figures.ts";

/** The events that a client is told. */
const Told = z.discriminatedUnion("kind", [
	z.object({ kind: z.literal("figures"), id: z.string(), figures: Figures }),
	/** Some that were measured before this are not kept. */
	z.object({ kind: z.literal("gap") }),
]);

/** Settings of {@link liveDashboard}. */
export interface LiveDashboardSettings {
	/** How often is measured, in milliseconds. Default: 1,000. */
	readonly everyMs?: number;
	/** Redis, by which the figures of all processes are shown. Default: those of this process and its workers. */
	readonly redisUrl?: string | undefined;
}

/** The figures of a service as they change. */
export function liveDashboard({
	everyMs = 1_000,
	redisUrl,
}: LiveDashboardSettings = {}): App {
	const broker =
		redisUrl === undefined ? {} : { broker: redisBroker(redisUrl) };
	const measured = channel("figures", Figures, {
		...broker,
		backlog: { count: 10_000, ageMs: 600_000 },
	});
	const meter = dependency(
		{ measured },
		async function* meter({ measured }) {
			using meter = new Meter();
			const publish = () =>
				measured.publish(meter.read()).catch((error) => {
					if (!(error instanceof BrokerUnavailableError)) {
						throw error;
					}
					// the charts show a hole where nobody could be told
				});
			const timer = setInterval(publish, everyMs);
			yield meter;
			clearInterval(timer);
		},
		{ scope: "app" },
	);

	const app = new App({
		title: "Live dashboard",
		health: true,
		sockets: { allowedOrigins: "same" },
		dependencies: [
			dependency({ meter }, function countRequest({ meter }) {
				meter.countRequest();
			}),
		],
	});
	const folder = join(import.meta.dirname, "static");
	app.mount("/static", staticFiles(folder));
	app.get({ path: "/", includeInSchema: false }, function page() {
		return new FileResponse(join(folder, "live-dashboard.html"), {
			headers: { "content-security-policy": "default-src 'self'" },
		});
	});

	app.get(
		{ path: "/figures", responseClass: EventSourceResponse },
		{
			from: Header(z.string().default(""), { alias: "Last-Event-ID" }),
			measured,
		},
		async function* figures({ from, measured }, { signal }) {
			// from an id that nobody has: a gap, then all that is kept
			for await (const event of measured.subscribe({ from, signal })) {
				yield event.kind === "message"
					? new ServerSentEvent({
							event: "figures",
							id: event.id,
							data: event.value,
						})
					: new ServerSentEvent({ event: "gap", data: event.after });
			}
		},
	);

	app.websocket(
		{ path: "/figures", sends: Told },
		{ from: Query(z.string().default("")), measured },
		async function figures_by_socket({ from, measured }, socket) {
			const { signal } = socket;
			for await (const event of measured.subscribe({ from, signal })) {
				await socket.send(
					event.kind === "message"
						? { kind: "figures", id: event.id, figures: event.value }
						: { kind: "gap" },
				);
			}
		},
	);
	return app;
}
