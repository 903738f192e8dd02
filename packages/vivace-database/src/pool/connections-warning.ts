import type { ResolvedServerOptions, ServerKind } from "./server-options.ts";

/** Tells once when all processes together may want more connections than the server takes; asked with each new connection. */
export function connectionsWarning(
	name: ServerKind["name"],
	{ size, processes, log }: ResolvedServerOptions,
): (available: number | undefined) => void {
	const isPostgres = name === "postgres";
	let isTold = false;
	return (available) => {
		if (isTold || available === undefined || size * processes <= available) {
			return;
		}
		isTold = true;
		log(
			`the server takes ${available} connections (max_connections${isPostgres ? " without those it reserves" : ""}), and ${processes} ${processes === 1 ? "process wants" : "processes want"} ` +
				`up to ${size * processes}: make ${name}.size smaller, max_connections larger, or put ${isPostgres ? "PgBouncer" : "a proxy"} in between.`,
		);
	};
}
