import type { Pool } from "../pool/pool.ts";
import type { PooledConnection } from "../pool/pooled-connection.ts";
import type { DatabaseSessions } from "../session/database-sessions.ts";
import type { Database, DatabaseOptions } from "./database.ts";

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

/** Counts the workers of each process. */
export function withWorkers<Options extends { readonly processes: number }>(
	options: Options,
	{ workers = 1 }: DatabaseOptions,
): Options {
	return { ...options, processes: options.processes * workers };
}

/** Opens connections before anybody asks; closes the pool where that can't be done. */
export async function openAhead<Connection extends PooledConnection>(
	pool: Pool<Connection>,
	count: number,
): Promise<void> {
	try {
		await pool.open(count);
	} catch (error) {
		await pool.close();
		throw error;
	}
}
