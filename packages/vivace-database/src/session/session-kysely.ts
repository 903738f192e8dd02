import {
	type ConnectionBuilder,
	type ControlledTransactionBuilder,
	type Driver,
	Kysely,
	type KyselyConfig,
	type KyselyPlugin,
	type KyselyProps,
	type QueryExecutor,
	type Transaction,
	TransactionBuilder,
} from "kysely";
import type { AnySession } from "./session.ts";
import { controlledError } from "./session-driver.ts";

/**
 * A Kysely object that knows sessions: inside one, `transaction()` is a part of it ({@link Session.nested}), so that what is written for
 * a transaction of its own can be called in a request that has one.
 */
export class SessionKysely<Tables> extends Kysely<Tables> {
	readonly #plain: Kysely<Tables>;
	readonly #config: KyselyConfig;
	readonly #sessionNow: () => AnySession | undefined;

	/** `plain` is the same without sessions, `sessionNow` gives the session of the code that is running. */
	constructor(
		plain: Kysely<Tables>,
		config: KyselyConfig,
		sessionNow: () => AnySession | undefined,
		executor: QueryExecutor = plain.getExecutor(),
	) {
		super(propsOf(executor, config));
		this.#plain = plain;
		this.#config = config;
		this.#sessionNow = sessionNow;
	}

	/** The same object for one session, whoever uses it. */
	inSession(session: AnySession): SessionKysely<Tables> {
		const executor = this.getExecutor();
		const pinned = executor.withConnectionProvider({
			provideConnection: (consumer, options) =>
				session
					.innermost()
					.run(() => executor.provideConnection(consumer, options)),
		});
		return new SessionKysely<Tables>(
			new Kysely<Tables>(propsOf(pinned, this.#config)),
			this.#config,
			() => session.innermost(),
		);
	}

	override transaction(): TransactionBuilder<Tables> {
		const session = this.#sessionNow();
		if (session === undefined) {
			return this.#plain.transaction();
		}
		return new NestedTransactionBuilder<Tables>(
			propsOf(this.getExecutor(), this.#config),
			session,
		);
	}

	override startTransaction(): ControlledTransactionBuilder<Tables> {
		if (this.#sessionNow() !== undefined) {
			throw controlledError();
		}
		return this.#plain.startTransaction();
	}

	override connection(): ConnectionBuilder<Tables> {
		return this.#plain.connection();
	}

	override destroy(): Promise<void> {
		return this.#plain.destroy();
	}

	override withPlugin(plugin: KyselyPlugin): Kysely<Tables> {
		return this.#with(this.#plain.withPlugin(plugin));
	}

	override withoutPlugins(): Kysely<Tables> {
		return this.#with(this.#plain.withoutPlugins());
	}

	override withSchema(schema: string): Kysely<Tables> {
		return this.#with(this.#plain.withSchema(schema));
	}

	// biome-ignore lint/suspicious/noExplicitAny: the types of Kysely's own methods hold: at run time they give the same object
	override $extendTables(): any {
		return this.#with(this.#plain);
	}

	// biome-ignore lint/suspicious/noExplicitAny: as above
	override $omitTables(): any {
		return this.#with(this.#plain);
	}

	// biome-ignore lint/suspicious/noExplicitAny: as above
	override $pickTables(): any {
		return this.#with(this.#plain);
	}

	// biome-ignore lint/suspicious/noExplicitAny: as above
	override withTables(): any {
		return this.#with(this.#plain);
	}

	#with(plain: Kysely<Tables>): Kysely<Tables> {
		return new SessionKysely<Tables>(plain, this.#config, this.#sessionNow);
	}
}

/** `db.transaction()` inside a session. */
class NestedTransactionBuilder<Tables> extends TransactionBuilder<Tables> {
	readonly #session: AnySession;

	constructor(props: KyselyProps, session: AnySession) {
		super(props);
		this.#session = session;
	}

	/** A part of a transaction can't read less than the whole: it is as it was begun. */
	override setAccessMode(): TransactionBuilder<Tables> {
		return this;
	}

	override setIsolationLevel(): TransactionBuilder<Tables> {
		throw new TypeError(
			"db.transaction() is a part of the session's transaction here: give the isolation to session() or withSession().",
		);
	}

	override execute<Value>(
		work: (trx: Transaction<Tables>) => Promise<Value>,
	): Promise<Value> {
		return this.#session.nested(() => super.execute(work));
	}
}

function propsOf(executor: QueryExecutor, config: KyselyConfig): KyselyProps {
	return { config, dialect: config.dialect, executor, driver: markless };
}

const nothing = async (): Promise<void> => {};

/** Begins and ends nothing: the session does. */
const markless: Driver = {
	init: nothing,
	acquireConnection() {
		throw new TypeError("connections come from the executor");
	},
	beginTransaction: nothing,
	commitTransaction: nothing,
	rollbackTransaction: nothing,
	releaseConnection: nothing,
	destroy: nothing,
};
