import { EventEmitter } from "node:events";
import type { DatabaseConnection, Driver } from "kysely";
import { constraintKinds } from "../errors/constraint-error.ts";
import { errorKind } from "../errors/database-error.ts";
import { LibraryError } from "../errors/library-error.ts";
import type { AnySession } from "../session/session.ts";
import type { PgTypeParsers } from "./pg-port.ts";
import {
	controlResult,
	type PgRequest,
	type PgResult,
	pgRequest,
} from "./pg-request.ts";
import { answerOf } from "./raw-query.ts";

/** A connection as a library borrows it from a pool of `pg`. */
export abstract class PgClient extends EventEmitter {
	readonly #types: PgTypeParsers;
	#isReleased = false;

	constructor(types: PgTypeParsers) {
		super();
		this.#types = types;
	}

	/** Runs a statement. @throws LibraryError for what the database says */
	async query(...given: readonly unknown[]): Promise<PgResult> {
		const request = pgRequest(given, this.#types);
		if (this.#isReleased) {
			throw new Error(
				"the client was released: its connection is somebody else's.",
			);
		}
		return libraryErrors(() => this.run(request));
	}

	/** Gives it back; what was begun on it and has not ended is undone. */
	release(reason?: Error | boolean): void {
		if (!this.#isReleased) {
			this.#isReleased = true;
			this.leave(reason === undefined || reason === false ? undefined : reason);
		}
	}

	protected abstract run(request: PgRequest): Promise<PgResult>;
	protected abstract leave(reason: Error | true | undefined): void;
}

/** A real connection, for who is in no session: it begins and ends its transactions itself. */
export class LentClient extends PgClient {
	readonly #driver: Driver;
	readonly #connection: DatabaseConnection;

	constructor(
		driver: Driver,
		connection: DatabaseConnection,
		types: PgTypeParsers,
	) {
		super(types);
		this.#driver = driver;
		this.#connection = connection;
	}

	protected async run({ query, read }: PgRequest): Promise<PgResult> {
		return read(answerOf(await this.#connection.executeQuery(query)));
	}

	protected leave(reason: Error | true | undefined): void {
		void this.#leave(reason !== undefined);
	}

	async #leave(isBroken: boolean): Promise<void> {
		if (isBroken) {
			await this.#connection.killSession?.(noControlConnection);
		}
		// inside a transaction the pool does not lend it again
		await this.#driver.releaseConnection(this.#connection);
	}
}

/** A part of a session that a library has begun, by `begin` or `savepoint`. */
interface Part {
	readonly session: AnySession;
	readonly end: () => void;
	/** The name of its savepoint. */
	readonly name: string | undefined;
}

/**
 * A session's connection: `begin` begins a nested part of it, which a `commit` keeps and a `rollback` undoes. The transaction on the server
 * begins with the first statement that writes, and only its owner stores it.
 */
export class SessionClient extends PgClient {
	readonly #session: AnySession;
	readonly #parts: Part[] = [];

	constructor(session: AnySession, types: PgTypeParsers) {
		super(types);
		this.#session = session;
	}

	protected async run({ query, read }: PgRequest): Promise<PgResult> {
		const control = controlOf(query.sql);
		if (control !== undefined) {
			await this.#control(control);
			return controlResult(control.command.toUpperCase());
		}
		return read(answerOf(await this.#innermost.execute(query)));
	}

	protected leave(): void {
		void this.#undo(0);
	}

	get #innermost(): AnySession {
		return this.#parts.at(-1)?.session ?? this.#session;
	}

	async #control({ command, name }: Control): Promise<void> {
		switch (command) {
			case "begin":
				if (this.#parts.length === 0) {
					await this.#nest(undefined);
				}
				return;
			case "commit":
				return this.#keep(0);
			case "savepoint":
				return this.#nest(name);
			case "release":
				return this.#keep(this.#indexOf(name));
			default:
				if (name === undefined) {
					return this.#undo(0);
				}
				// the savepoint itself stays
				await this.#undo(this.#indexOf(name));
				return this.#nest(name);
		}
	}

	async #nest(name: string | undefined): Promise<void> {
		this.#parts.push({ ...(await this.#innermost.beginNested()), name });
	}

	/** Keeps the parts from an index on, the innermost first; one that can't be kept takes those around it with it. */
	async #keep(from: number): Promise<void> {
		while (this.#parts.length > from) {
			const part = this.#parts.pop() as Part;
			try {
				await part.session.commit();
			} catch (error) {
				await this.#undo(0);
				throw error;
			} finally {
				part.end();
			}
		}
	}

	async #undo(from: number): Promise<void> {
		while (this.#parts.length > from) {
			const part = this.#parts.pop() as Part;
			await part.session.rollback();
			part.end();
		}
	}

	#indexOf(name: string | undefined): number {
		const index = this.#parts.findLastIndex((part) => part.name === name);
		if (index === -1) {
			throw new Error(`there is no savepoint ${name} here.`);
		}
		return index;
	}
}

/** Runs what asks the database, and gives its errors the fields that a library looks for. */
export async function libraryErrors<Value>(
	work: () => Promise<Value>,
): Promise<Value> {
	try {
		return await work();
	} catch (error) {
		throw error instanceof Error ? shownAs(error) : error;
	}
}

/**
 * An error with all fields of the server's is taken apart by Prisma, which keeps its code. What is not the statement's affair (a deadlock, an
 * outage) has to come out whole, since a code does not tell whether anything can have been stored.
 */
function shownAs(error: Error): Error {
	const kind = errorKind(error);
	return new LibraryError(
		error,
		kind === undefined || constraintKinds.has(kind),
	);
}

interface Control {
	readonly command: "begin" | "commit" | "rollback" | "savepoint" | "release";
	readonly name: string | undefined;
}

const controls =
	/^\s*(?:(begin|start)(?:\s+(?:work|transaction))?(.*)|(commit|end)(?:\s+(?:work|transaction))?|(savepoint)\s+(.+)|(release)(?:\s+savepoint)?\s+(.+)|(rollback)(?:\s+(?:work|transaction))?(?:\s+to(?:\s+savepoint)?\s+(.+))?)\s*;?\s*$/is;

/**
 * The command by which a transaction is divided; undefined for any other statement.
 *
 * @throws TypeError for an isolation of its own: the session has begun already, or will by its own options
 */
function controlOf(sql: string): Control | undefined {
	if (/^\s*(?:set\s+transaction|prepare\s+transaction)\b/i.test(sql)) {
		throw isolationError(sql);
	}
	const found = controls.exec(sql);
	if (found === null) {
		return undefined;
	}
	const [, begin, mode = "", commit, savepoint, set, release, kept, , undone] =
		found;
	if (begin) {
		if (/isolation|deferrable/i.test(mode)) {
			throw isolationError(sql);
		}
		return { command: "begin", name: undefined };
	}
	if (commit) {
		return { command: "commit", name: undefined };
	}
	if (savepoint) {
		return { command: "savepoint", name: nameOf(set) };
	}
	return release
		? { command: "release", name: nameOf(kept) }
		: { command: "rollback", name: undone && nameOf(undone) };
}

/** As the server compares them: without quotes in lower case. */
function nameOf(text = ""): string {
	const name = text.replace(/\s*;?\s*$/, "");
	return name.startsWith('"')
		? name.slice(1, -1).replaceAll('""', '"')
		: name.toLowerCase();
}

function isolationError(sql: string): TypeError {
	return new TypeError(
		`"${sql.trim()}": a transaction is a part of the session's here; give the isolation to session() or withSession().`,
	);
}

const noControlConnection = (): never => {
	throw new TypeError("our drivers bring their own connection for this");
};
