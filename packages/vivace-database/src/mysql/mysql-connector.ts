import { isServerReadOnly } from "../errors/database-error.ts";
import { SetupError } from "../errors/setup-error.ts";
import { connectionsWarning } from "../pool/connections-warning.ts";
import type { Connector } from "../pool/pooled-connection.ts";
import type { Standing } from "../pool/server.ts";
import type { ResolvedServerOptions } from "../pool/server-options.ts";
import { MysqlConnection } from "./mysql-connection.ts";

/** Too many connections, of everybody or of this account. */
const fullErrnos: ReadonlySet<unknown> = new Set([1040, 1203]);

/**
 * Connects to MySQL and MariaDB.
 *
 * @throws SetupError `VIV_OPTION` without the driver: programs with other databases do without it
 */
export async function mysqlConnector(
	options: ResolvedServerOptions,
): Promise<Connector<MysqlConnection>> {
	const create = await import("mysql2").then(
		({ createConnection }) => createConnection,
		(cause: unknown) => {
			throw new SetupError(
				"VIV_OPTION",
				'a MySQL or MariaDB database needs the package "mysql2": npm install mysql2.',
				{ cause },
			);
		},
	);
	const warnOnce = connectionsWarning("mysql", options);
	return {
		async connect(server) {
			const connection = await MysqlConnection.connect(create, server);
			warnOnce(connection.serverConnections);
			return connection;
		},
		standingAfter,
		isFull: (error) => fullErrnos.has((error as { errno?: unknown }).errno),
	};
}

function standingAfter(error: unknown): Standing | undefined {
	const { errno, message } = error as { errno?: unknown; message?: unknown };
	// Galera says 1047 to statements, and at a commit 1180, which others have for other reasons.
	if (errno === 1047) {
		return "down";
	}
	if (errno === 1180 && /primary component/i.test(String(message))) {
		return "down";
	}
	return isServerReadOnly(error) ? "readOnly" : undefined;
}
