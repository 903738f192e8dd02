import type {
	PgConnection,
	PgField,
	PgRow,
	PgStatement,
	PgValue,
} from "./pg-port.ts";
import { bindAndRun } from "./postgres-message.ts";

/** A statement, as it is sent. */
export interface StatementText {
	readonly sql: string;
	/** The name under which the server keeps it; empty for one that is sent each time. */
	readonly name: string;
	/** True when the server has it under its name already. */
	readonly isKnown: boolean;
	/** The columns that it gave before; undefined where they have to be asked for. As long as it has its name they stay the same. */
	readonly fields: readonly PgField[] | undefined;
}

/** The types of a statement, which the server tells before its values are sent. */
export interface StatementTypes {
	readonly parameters: readonly number[];
	readonly fields: readonly PgField[];
}

/** The outcome of a statement. */
export interface StatementResult {
	readonly fields: readonly PgField[];
	readonly rows: PgRow[];
	/** The command's own word for it: `SELECT 3`, `INSERT 0 1`, `COMMIT`; empty for an empty statement. */
	readonly tag: string;
}

/** Gives the values of a statement, whose types are known by then; undefined ends it without having run it. */
type Bind = (types: StatementTypes) => readonly PgValue[] | undefined;

/**
 * One statement on the wire, by the extended protocol: parse, bind, execute and sync in one packet. With a function in place of values it asks
 * for its types first. It is over when the server is ready for the next one, after an error too: until then nobody knows in what state the
 * transaction is.
 */
export class PostgresStatement implements PgStatement {
	readonly #text: StatementText;
	readonly #values: readonly PgValue[] | Bind;
	/** How many rows the server sends before it waits to be asked for more; 0 for all. */
	readonly #chunkSize: number;
	readonly #settled = Promise.withResolvers<StatementResult>();
	#connection: PgConnection | undefined;
	#parameters: readonly number[] = [];
	#fields: readonly PgField[] = [];
	#rows: PgRow[] = [];
	#tag = "";
	#error: Error | undefined;
	#hasSynced = false;
	#isBound = false;
	#isOver = false;
	#isSuspended = false;
	#onSuspended: (() => void) | undefined;

	constructor(
		text: StatementText,
		values: readonly PgValue[] | Bind,
		chunkSize = 0,
	) {
		this.#text = text;
		this.#values = values;
		this.#chunkSize = chunkSize;
		this.#fields = text.fields ?? [];
		if (chunkSize > 0) {
			this.#settled.promise.catch(() => undefined); // between two chunks nobody waits for it
		}
	}

	/** Resolves when the server is ready again; rejects with the server's error by then, or with the end of the connection. */
	get settled(): Promise<StatementResult> {
		return this.#settled.promise;
	}

	/** The error that the server has told already, though it may not be ready again. */
	get error(): Error | undefined {
		return this.#error;
	}

	/** The next rows, at most as many as were asked for; none at the end. Then, or to go on, {@link more} or {@link stop} is called. */
	async nextChunk(): Promise<StatementResult> {
		if (!this.#isSuspended && !this.#isOver) {
			const { promise, resolve } = Promise.withResolvers<void>();
			this.#onSuspended = resolve;
			await Promise.race([promise, this.settled]);
		}
		if (!this.#isSuspended) {
			await this.settled; // for its error
		}
		return this.#take();
	}

	/** Asks for the next rows. */
	more(): void {
		if (!this.#isSuspended) {
			return;
		}
		this.#isSuspended = false;
		this.#connection?.execute({ portal: "", rows: this.#chunkSize });
		this.#connection?.flush();
	}

	/** Ends it before its last row. */
	stop(): void {
		this.#isSuspended = false;
		this.#sync();
	}

	submit(connection: PgConnection): Error | null {
		this.#connection = connection;
		const { stream } = connection;
		const { name, isKnown, fields } = this.#text;
		if (isKnown && fields && typeof this.#values !== "function") {
			this.#hasSynced = true;
			stream.write(bindAndRun(name, this.#values));
			return null;
		}
		stream.cork();
		try {
			this.#begin(connection);
		} finally {
			stream.uncork();
		}
		return null;
	}

	handleRowDescription({
		fields,
	}: {
		readonly fields: readonly PgField[];
	}): void {
		this.#fields = fields;
		if (typeof this.#values === "function" && !this.#isBound) {
			this.#bindByTypes(this.#values);
		}
	}

	handleDataRow({ fields }: { readonly fields: PgRow }): void {
		this.#rows.push(fields);
	}

	handlePortalSuspended(): void {
		this.#isSuspended = true;
		this.#onSuspended?.();
	}

	handleCommandComplete({ text }: { readonly text: string }): void {
		this.#tag = text;
		this.#sync();
	}

	handleEmptyQuery(): void {
		this.#sync();
	}

	/** The client calls it after a success, the connection after an error too. */
	handleReadyForQuery(): void {
		if (this.#isOver) {
			return;
		}
		this.#isOver = true;
		if (this.#error) {
			this.#settled.reject(this.#error);
		} else {
			this.#settled.resolve(
				this.#chunkSize > 0
					? { fields: this.#fields, rows: [], tag: this.#tag }
					: this.#take(),
			);
		}
	}

	handleError(error: Error): void {
		this.#error ??= error;
		this.#sync();
	}

	handleCopyInResponse(connection: PgConnection): void {
		connection.sendCopyFail("COPY needs a stream, which there is none for");
	}

	handleCopyData(): void {
		this.#error ??= new TypeError(
			"COPY … TO STDOUT gives no rows: use a SELECT, and stream() for many.",
		);
	}

	/** Ends it for good: the connection is gone. */
	fail(reason: Error): void {
		this.#isOver = true;
		this.#settled.reject(this.#error ?? reason);
	}

	#begin(connection: PgConnection): void {
		const { sql, name, isKnown } = this.#text;
		const values = this.#values;
		if (!isKnown) {
			connection.parse({ text: sql, name });
		}
		if (typeof values !== "function") {
			this.#bind(connection, values);
			return;
		}
		// the client has no ear for these two, of which one comes
		connection.once(
			"parameterDescription",
			({ dataTypeIDs }: { readonly dataTypeIDs: readonly number[] }) => {
				this.#parameters = dataTypeIDs;
			},
		);
		connection.once("noData", () => {
			if (typeof this.#values === "function" && !this.#isBound) {
				this.#bindByTypes(this.#values);
			}
		});
		connection.describe({ type: "S", name });
		connection.flush();
	}

	#bindByTypes(bind: Bind): void {
		this.#isBound = true;
		const connection = this.#connection as PgConnection; // it has answered
		try {
			const values = bind({
				parameters: this.#parameters,
				fields: this.#fields,
			});
			if (values === undefined) {
				this.#sync();
			} else {
				this.#bind(connection, values);
			}
		} catch (error) {
			this.#error = error as Error;
			this.#sync();
		}
	}

	#bind(connection: PgConnection, values: readonly PgValue[]): void {
		const isDescribed = this.#isBound;
		this.#isBound = true;
		connection.bind({ portal: "", statement: this.#text.name, values });
		if (!isDescribed) {
			connection.describe({ type: "P", name: "" });
		}
		if (this.#chunkSize > 0) {
			connection.execute({ portal: "", rows: this.#chunkSize });
			connection.flush();
		} else {
			connection.execute({ portal: "" });
			this.#sync();
		}
	}

	#sync(): void {
		if (!this.#hasSynced) {
			this.#hasSynced = true;
			this.#connection?.sync();
		}
	}

	#take(): StatementResult {
		const rows = this.#rows;
		this.#rows = [];
		return { fields: this.#fields, rows, tag: this.#tag };
	}
}
