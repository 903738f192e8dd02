import {
	type DialectAdapter,
	MysqlAdapter,
	PostgresAdapter,
	SqliteAdapter,
} from "kysely";
import type { Engine } from "./statement-kind.ts";

/** The SQL that a dialect writes, by the adapter that it has or has made its own of. */
export function engineBy(adapter: DialectAdapter): Engine {
	if (adapter instanceof PostgresAdapter) {
		return "postgres";
	}
	if (adapter instanceof MysqlAdapter) {
		return "mysql";
	}
	return adapter instanceof SqliteAdapter ? "sqlite" : "other";
}
