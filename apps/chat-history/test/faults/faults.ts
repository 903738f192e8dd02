import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { SmallDisk } from "../../../../packages/vivace/test/support/small-disk.ts";
import type { TcpProxy } from "../../../../packages/vivace/test/support/tcp-proxy.ts";
import { until } from "../../../../packages/vivace/test/support/until.ts";
import type { Load } from "../load.ts";
import type {
	FaultyEngine,
	FaultyServer,
	ServiceLimits,
	ServiceSession,
} from "./faulty-server.ts";

/** The parts of a running service that a fault befalls. */
export interface Scene {
	readonly server: FaultyServer;
	/** The network between the service and its server. */
	readonly proxy: TcpProxy;
	readonly load: Load;
	/** Resolves when the service's log says so. */
	readonly says: (pattern: RegExp) => Promise<unknown>;
	/** The disk that the fault asks for; undefined for others. */
	readonly disk: SmallDisk | undefined;
}

/** A way in which a database fails. */
export interface Fault {
	readonly name: string;
	/** Options of the server. */
	readonly flags?: (engine: FaultyEngine) => readonly string[];
	readonly limits?: ServiceLimits;
	/** The part of the server's files that has a small disk of its own. */
	readonly smallDisk?: "tables" | "log";
	/** Makes the fault, and ends it if it does not end by itself. The clients go on meanwhile. */
	readonly strike: (scene: Scene) => Promise<void>;
	/** Whether the clients pause while it strikes, so that connections are idle. */
	readonly isIdle?: boolean;
}

const impatient: ServiceLimits = {
	queryTimeoutMs: 300,
	acquireTimeoutMs: 500,
};
const messageCount = 200;

/** The faults of the guide's table, in its order. */
export const faults: readonly Fault[] = [
	{
		name: "idle connections killed",
		isIdle: true,
		strike: async ({ server }) => {
			assert.ok(await endSessions(server, () => true));
		},
	},
	{
		name: "connections killed in a statement",
		strike: ({ server }) =>
			until(() => endSessions(server, ({ isBusy }) => isBusy)),
	},
	{
		name: "connections killed in a transaction",
		strike: ({ server }) =>
			until(() =>
				endSessions(server, ({ isInTransaction }) => isInTransaction),
			),
	},
	{
		name: "server restarted in an orderly way",
		strike: async ({ server }) => {
			await server.stop();
			await server.resume();
		},
	},
	{
		name: "server crashed and restarted",
		strike: async ({ server }) => {
			await server.crash();
			await server.resume();
		},
	},
	{
		name: "fewer places than the pool wants, and all sessions killed",
		flags: (engine) => engine.places(10),
		limits: { poolSize: 30 },
		strike: async ({ server }) => {
			assert.ok(await endSessions(server, () => true));
		},
	},
	{
		name: "every place taken by others",
		flags: (engine) => engine.places(20),
		limits: { acquireTimeoutMs: 500 },
		async strike(scene) {
			await using _ = await occupyAll(scene);
			await scene.says(/Too many connections|remaining connection slots/);
			await scene.load.refused();
		},
	},
	{
		name: "table locked past the deadline of statements",
		limits: impatient,
		strike: ({ server }) => server.lockTable(1.5),
	},
	{
		name: "network stalled and healed",
		limits: impatient,
		async strike({ proxy, load }) {
			proxy.stall();
			await load.refused();
			proxy.heal();
		},
	},
	{
		name: "idle connections dropped in silence",
		isIdle: true,
		flags: ({ shortIdle }) => shortIdle, // nobody tells the server either
		async strike({ proxy }) {
			proxy.forget();
			// A firewall drops idle connections after minutes; after half a second the pool asks before it lends.
			await sleep(600);
		},
	},
	{
		name: "disk of the tables full",
		smallDisk: "tables",
		async strike({ disk, load }) {
			disk?.fill();
			await load.refused();
			disk?.free();
		},
	},
	{
		name: "disk of the log full, and the server started again",
		smallDisk: "log",
		async strike({ server, disk, load }) {
			disk?.fill();
			let isRefused = false;
			void load.refused().then(() => {
				isRefused = true;
			});
			await until(async () => {
				await server.nextLogFile();
				return isRefused;
			});
			disk?.free();
			await server.stop();
			await server.resume();
		},
	},
	{
		name: "server read-only until a client notices",
		async strike({ server, load }) {
			await server.setReadOnly(true);
			await load.refused();
			await server.setReadOnly(false);
			await load.more(messageCount);
		},
	},
];

/** Ends the sessions that are meant; tells whether there was one. */
async function endSessions(
	server: FaultyServer,
	isMeant: (session: ServiceSession) => boolean,
): Promise<boolean> {
	const meant = (await server.sessions()).filter(isMeant);
	for (const { id } of meant) {
		await server.endSession(id);
	}
	return meant.length > 0;
}

/** Takes every place of the server, those of the service too, whose network is cut meanwhile. */
async function occupyAll({
	server,
	proxy,
}: Scene): Promise<AsyncDisposableStack> {
	await using taken = new AsyncDisposableStack();
	proxy.cut();
	await until(async () => (await server.sessions()).length === 0);
	for (
		let place = await server.occupy();
		place !== undefined;
		place = await server.occupy()
	) {
		taken.use(place);
	}
	proxy.heal();
	return taken.move();
}
