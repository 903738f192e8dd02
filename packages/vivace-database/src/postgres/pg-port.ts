import type { ConnectionOptions } from "node:tls";

/**
 * The parts of `pg` that are used here: a client, which logs in and reads messages, and below it the connection, which writes them. Its own
 * types know less of both. Its pool and its queries are not used.
 */
export interface PgModule {
	readonly Client: new (config: PgConfig) => PgClient;
	readonly Connection: new (config: {
		readonly ssl: PgConfig["ssl"];
	}) => PgConnection;
	readonly types: PgTypeParsers;
}

/** The options of a client, in words of our own: who has another database has no types of `pg`. */
export interface PgConfig {
	readonly host: string;
	readonly port: number;
	readonly user: string;
	password(): string;
	readonly database: string;
	readonly ssl: ConnectionOptions | false;
	readonly keepAlive: boolean;
	readonly keepAliveInitialDelayMillis: number;
}

/** Where values are made of columns' texts, as `pg` makes them; not used here, but by other libraries on our pool. */
export interface PgTypeParsers {
	getTypeParser(type: number, format?: "text"): (text: string) => unknown;
}

/** One session. */
export interface PgClient {
	readonly connection: PgConnection;
	readonly processID: number | null;
	readonly secretKey: number | null;
	connect(done: (error: Error | null) => void): void;
	/** Gives it a statement, whose `submit` is called at once if nothing is under way. */
	query(statement: PgStatement): unknown;
	end(done: () => void): void;
	/** `I`, `T` in a transaction, `E` in one that an error has spoiled. */
	getTransactionStatus(): string | null;
	on(event: "error", listener: (error: Error) => void): void;
}

/** The calls of a client to a statement that it was given. */
export interface PgStatement {
	submit(connection: PgConnection): Error | null;
	handleRowDescription(message: { readonly fields: readonly PgField[] }): void;
	handleDataRow(message: { readonly fields: PgRow }): void;
	handlePortalSuspended(): void;
	handleCommandComplete(message: { readonly text: string }): void;
	handleEmptyQuery(): void;
	handleReadyForQuery(): void;
	handleError(error: Error): void;
	handleCopyInResponse(connection: PgConnection): void;
	handleCopyData(): void;
}

/** A column of a result. */
export interface PgField {
	readonly name: string;
	readonly dataTypeID: number;
}

/** The texts of a row. */
export type PgRow = readonly (string | null)[];

/** A value as it is sent: text, or bytes in binary form. */
export type PgValue = string | Buffer | null;

/** The writer of the protocol's messages. */
export interface PgConnection {
	readonly stream: {
		cork(): void;
		uncork(): void;
		write(bytes: Buffer): boolean;
		destroy(error?: Error): void;
	};
	connect(portOrPath: number | string, host?: string): void;
	requestSsl(): void;
	cancel(processId: number, secretKey: number): void;
	end(): void;
	parse(message: { readonly text: string; readonly name: string }): void;
	bind(message: {
		readonly portal: string;
		readonly statement: string;
		readonly values: readonly PgValue[];
	}): void;
	describe(message: { readonly type: "S" | "P"; readonly name: string }): void;
	execute(message: { readonly portal: string; readonly rows?: number }): void;
	flush(): void;
	sync(): void;
	sendCopyFail(reason: string): void;
	on(event: string, listener: (message: never) => void): void;
	once(event: string, listener: (message: never) => void): void;
}
