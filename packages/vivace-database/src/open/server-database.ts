import type { Pool } from "../pool/pool.ts";
import type { PooledConnection } from "../pool/pooled-connection.ts";
import type { DatabaseSessions } from "../session/database-sessions.ts";
import type { Database } from "./database.ts";

/**
 * A database of a server, over its pool.
 *
 * @param openUnhurried opens it once more, for what takes long
 */
export function serverDatabase<Tables, Connection extends PooledConnection>(
	pool: Pool<Connection>,
	sessions: DatabaseSessions<Tables>,
	openUnhurried: () => Promise<Database<Tables>>,
): Database<Tables> {
	return {
		...sessions,
		ping: async (timeoutMs = 2_000) => {
			const connection = await pool.acquire(timeoutMs);
			try {
				await connection.ping(timeoutMs);
			} finally {
				pool.release(connection);
			}
		},
		stats: () => pool.stats(),
		close: () => pool.close(),
		unhurried: openUnhurried,
		[Symbol.asyncDispose]: () => pool.close(),
	};
}
