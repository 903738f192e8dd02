import { isIP } from "node:net";
import type { Readable } from "node:stream";
import { checkServerIdentity, type TLSSocket } from "node:tls";
import type {
	Connection as RawConnection,
	ConnectionOptions as RawOptions,
	RowDataPacket,
} from "mysql2";
import type { Server } from "../pool/server.ts";
import type { ServerTlsOptions } from "../pool/server-options.ts";

/** `createConnection` of mysql2, which is an optional peer: whoever opens a database imports it. */
export type CreateConnection = (options: RawOptions) => RawConnection;

/** Rows of a statement that gives some, or the header of one that gives none. */
export type MysqlRows = Record<string, unknown>[];

/** Connects and logs in; rejects with the driver's error, in `connectTimeoutMs` at most. */
export function openRaw(
	create: CreateConnection,
	{ host, port, options }: Server,
): Promise<RawConnection> {
	return new Promise((resolve, reject) => {
		const raw = create({
			...(options.socketPath === undefined
				? { host, port }
				: { socketPath: options.socketPath }),
			user: options.user,
			password: options.password,
			database: options.database,
			...(options.ssl && {
				ssl: { rejectUnauthorized: true, verifyIdentity: true, ...options.ssl },
			}),
			connectTimeout: options.connectTimeoutMs,
			charset: "utf8mb4",
			timezone: "Z",
			dateStrings: true, // decodeRows makes the dates
			supportBigNumbers: true,
			multipleStatements: false,
			namedPlaceholders: false,
			maxPreparedStatements: Math.max(options.preparedStatements, 1),
			enableKeepAlive: true,
			keepAliveInitialDelay: options.keepAliveDelayMs,
		});
		const isChecked =
			checksIdentity(options.ssl) && options.socketPath === undefined;
		if (isChecked && isIP(host)) {
			// mysql2 names no address to TLS, which would take "localhost" for the name then
			Object.assign((raw as unknown as { stream: object }).stream, {
				_host: host,
			});
		}
		// mysql2 forgets its listener after the first error; without one, a second error would end the process.
		raw.on("error", () => undefined);
		raw.connect((error) => {
			const refusal =
				error ?? (isChecked ? identityMistake(raw, host) : undefined);
			if (!refusal) {
				return resolve(raw);
			}
			destroyRaw(raw);
			reject(withoutHope(refusal));
		});
	});
}

function checksIdentity(ssl: ServerTlsOptions | undefined): boolean {
	return (
		ssl !== undefined &&
		ssl.rejectUnauthorized !== false &&
		ssl.verifyIdentity !== false
	);
}

/** A refusal of TLS itself, of a certificate above all, does not heal with time, and mysql2 calls it a lost connection. */
function withoutHope(error: Error): Error {
	const { code, syscall } = error as NodeJS.ErrnoException;
	const isBroken = syscall !== undefined || /disconnected/.test(error.message);
	return code === "HANDSHAKE_SSL_ERROR" && !isBroken
		? Object.assign(error, { fatal: false })
		: error;
}

/** For runtimes on which the check before the log-in does not know an address. */
function identityMistake(raw: RawConnection, host: string): Error | undefined {
	const { stream } = raw as unknown as { readonly stream: TLSSocket };
	return checkServerIdentity(host, stream.getPeerCertificate());
}

/** Runs a statement on a bare connection. */
export function rawQuery(raw: RawConnection, sql: string): Promise<MysqlRows> {
	return new Promise((resolve, reject) => {
		raw.query<RowDataPacket[]>(sql, (error, rows) =>
			error ? reject(error) : resolve(rows),
		);
	});
}

/** mysql2's own `destroy` only half-closes: over a dead network the socket would stay and keep the process alive. */
export function destroyRaw(raw: RawConnection): void {
	raw.destroy();
	(raw as unknown as { stream: Readable }).stream.destroy();
}
