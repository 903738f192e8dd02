import type { Connection as RawConnection } from "mysql2";
import type { Server } from "../pool/server.ts";
import { within } from "../pool/within.ts";
import {
	type CreateConnection,
	destroyRaw,
	openRaw,
	rawQuery,
} from "./raw-connection.ts";

/** One server's session: its number, and what tells the server from another one with a session of the same number. */
export interface ServerThread {
	readonly id: number;
	/** Undefined where the server does not say: then nothing is killed there. */
	readonly server: string | undefined;
}

const identityQuery =
	"select connection_id() as id, concat(@@hostname, ':', @@port, ':', @@server_id) as server";
/** A server that is full of connections refuses the one that would make room, too. */
const killTries = 4;
const tryAgainMs = 100;

/** Which session of which server a connection has. */
export async function threadOf(raw: RawConnection): Promise<ServerThread> {
	try {
		const [row] = await rawQuery(raw, identityQuery);
		return { id: Number(row?.id), server: String(row?.server) };
	} catch (error) {
		// Something in between that speaks the protocol need not know these variables.
		if ((error as { fatal?: unknown }).fatal) {
			throw error;
		}
		return { id: raw.threadId, server: undefined };
	}
}

/** Ends a session from another connection, if it is the same server that answers there (behind a proxy it may not be). */
export async function killThread(
	create: CreateConnection,
	target: Server,
	thread: ServerThread,
): Promise<void> {
	for (let attempt = 1; attempt <= killTries; attempt++) {
		try {
			const side = await openRaw(create, target);
			try {
				await within(target.options.connectTimeoutMs, killOver(side, thread));
			} finally {
				destroyRaw(side);
			}
			return;
		} catch (error) {
			// 1094: the session is gone already. Anything else but a full server will not get better by trying.
			if ((error as { errno?: unknown }).errno !== 1040) {
				return;
			}
			await new Promise((resolve) => setTimeout(resolve, tryAgainMs * attempt));
		}
	}
}

async function killOver(
	side: RawConnection,
	thread: ServerThread,
): Promise<void> {
	const { server } = await threadOf(side);
	if (server !== undefined && server === thread.server) {
		await rawQuery(side, `kill connection ${Number(thread.id)}`);
	}
}
