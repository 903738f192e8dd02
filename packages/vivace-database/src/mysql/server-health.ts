import type { Connection as RawConnection } from "mysql2";
import { rawQuery } from "./raw-connection.ts";

/** The facts of a server that a connection has to know. */
export interface ServerFacts {
	/** True when the server as a whole takes no writes: a replica, a reader of Aurora. Whoever may write there nevertheless should not. */
	readonly isReadOnly: boolean;
	/** `max_allowed_packet`; undefined where something in between does not say it. */
	readonly packetBytes: number | undefined;
	/** `max_connections`, as above. */
	readonly connections: number | undefined;
}

/**
 * Asks a server about itself.
 *
 * Rejects where it is a Galera node that is not part of its cluster at the moment. Such a node still takes log-ins, pings and
 * `select 1`, and refuses everything else with error 1047; so does this.
 */
export async function serverFacts(raw: RawConnection): Promise<ServerFacts> {
	const { wsrep_on, read_only, innodb_read_only, ...limits } = await shown(
		raw,
		"show global variables where variable_name in ('wsrep_on', 'read_only', 'innodb_read_only', 'max_allowed_packet', 'max_connections')",
	);
	// A MariaDB without a cluster has the status, too, and it is OFF there: hence the variable.
	if (isOn(wsrep_on)) {
		const { wsrep_ready } = await shown(raw, "show status like 'wsrep_ready'");
		if (!isOn(wsrep_ready)) {
			throw notReadyError();
		}
	}
	return {
		isReadOnly: isOn(read_only) || isOn(innodb_read_only),
		packetBytes: numberOf(limits.max_allowed_packet),
		connections: numberOf(limits.max_connections),
	};
}

function numberOf(value: unknown): number | undefined {
	return value === undefined ? undefined : Number(value);
}

/** `OFF`, `0`, and none at all mean no; MariaDB 12 has several kinds of yes. */
function isOn(value: unknown): boolean {
	return value !== undefined && !/^(off|0|)$/i.test(String(value));
}

/** The rows of a `SHOW`, by name; nothing where something in between speaks the protocol but does not know it. */
async function shown(
	raw: RawConnection,
	sql: string,
): Promise<Readonly<Record<string, unknown>>> {
	try {
		const rows = await rawQuery(raw, sql);
		return Object.fromEntries(
			rows.map((row) => [String(row.Variable_name), row.Value]),
		);
	} catch (error) {
		if ((error as { fatal?: unknown }).fatal) {
			throw error;
		}
		return {};
	}
}

function notReadyError(): Error {
	return Object.assign(
		new Error("the node is not part of its cluster (wsrep_ready is OFF)"),
		{ code: "ER_UNKNOWN_COM_ERROR", errno: 1047 },
	);
}
