import type { QueryCompiler } from "kysely";
import { asksNotes } from "./exact-values.ts";

const versionKey = Symbol.for("vivace.schemaVersion");

/** Tells apart how a database's schema was before and after this process has changed it, so that what is known of its tables can be kept. */
export class SchemaVersion {
	#current: object = {};

	/** After a statement that changes the schema, and after the transaction that it was in. */
	renew(): void {
		this.#current = {};
	}

	/** The compiler, which says the version to those who ask with their statement. */
	toldBy(compiler: QueryCompiler): QueryCompiler {
		return {
			compileQuery: (node, queryId) => {
				const compiled = compiler.compileQuery(node, queryId);
				return asksNotes({ query: node })
					? Object.assign({ [versionKey]: this.#current }, compiled)
					: compiled;
			},
		};
	}
}
