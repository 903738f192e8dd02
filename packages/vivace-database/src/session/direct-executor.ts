import {
	type AbortableQueryOptions,
	type CompiledQuery,
	DefaultQueryExecutor,
	type Driver,
	type Kysely,
	type QueryResult,
} from "kysely";

/**
 * Runs statements as Kysely does, without the layers that it has for what is not there: plugins, a log, a signal. Of a small statement
 * they take a tenth of the CPU time.
 */
export class DirectExecutor extends DefaultQueryExecutor {
	readonly #driver: Driver;

	/** @param plain what has the same driver, and no plugins and no log */
	// biome-ignore lint/suspicious/noExplicitAny: of any tables
	constructor(plain: Kysely<any>, driver: Driver) {
		const executor = plain.getExecutor();
		super(executor, executor.adapter, executor);
		this.#driver = driver;
	}

	override async executeQuery<Row>(
		query: CompiledQuery,
		options?: AbortableQueryOptions,
	): Promise<QueryResult<Row>> {
		if (options?.signal) {
			return super.executeQuery(query, options);
		}
		const connection = await this.#driver.acquireConnection();
		try {
			return await connection.executeQuery<Row>(query);
		} finally {
			await this.#driver.releaseConnection(connection);
		}
	}
}
