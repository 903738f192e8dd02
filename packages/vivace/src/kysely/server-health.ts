import type { Connection as RawConnection } from "mysql2";
import { rawQuery } from "./raw-connection.ts";

/**
 * Rejects where the server is a Galera node that is not part of its cluster at the moment. Such a node still takes log-ins, pings and
 * `select 1`, and refuses everything else with error 1047; so does this.
 */
export async function assertReady(raw: RawConnection): Promise<void> {
	// A MariaDB without a cluster has the status, too, and it is OFF there: hence the variable.
	const [on, ready] = await Promise.all([
		shown(raw, "show global variables like 'wsrep_on'"),
		shown(raw, "show status like 'wsrep_ready'"),
	]);
	if (!isOn(on.wsrep_on) || isOn(ready.wsrep_ready)) return;
	throw Object.assign(
		new Error("the node is not part of its cluster (wsrep_ready is OFF)"),
		{ code: "ER_UNKNOWN_COM_ERROR", errno: 1047 },
	);
}

/** Whether the server as a whole takes no writes: a replica, a reader of Aurora. Whoever may write there nevertheless should not. */
export async function isReadOnly(raw: RawConnection): Promise<boolean> {
	const variables = await shown(
		raw,
		"show global variables where variable_name in ('read_only', 'innodb_read_only')",
	);
	return isOn(variables.read_only) || isOn(variables.innodb_read_only);
}

/** `OFF`, `0`, and none at all mean no; MariaDB 12 has several kinds of yes. */
function isOn(value: unknown): boolean {
	return value !== undefined && !/^(off|0|)$/i.test(String(value));
}

/** What a `SHOW` gives, by name; nothing where something in between speaks the protocol but does not know it. */
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
		if ((error as { fatal?: unknown }).fatal) throw error;
		return {};
	}
}
