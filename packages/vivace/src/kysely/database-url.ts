import { SetupError } from "../errors/setup-error.ts";
import type { MysqlOptions } from "./mysql-options.ts";
import type { SqliteOptions } from "./sqlite-options.ts";

/**
 * The options that a database URL stands for.
 *
 * @throws {SetupError} `VIV_OPTION` for another scheme.
 */
export function fromUrl(url: URL): {
	readonly sqlite?: SqliteOptions;
	readonly mysql?: MysqlOptions;
} {
	switch (url.protocol) {
		case "sqlite:":
		case "file:":
			return {
				sqlite: {
					...numbersOf(url),
					path: decodeURIComponent(url.pathname),
				},
			};
		case "mysql:":
		case "mariadb:":
			return {
				mysql: {
					...numbersOf(url),
					host: url.hostname || "127.0.0.1",
					...(url.port && { port: Number(url.port) }),
					user: decodeURIComponent(url.username),
					password: decodeURIComponent(url.password),
					database: decodeURIComponent(url.pathname.slice(1)),
				},
			};
		default:
			throw new SetupError(
				"VIV_OPTION",
				`a database URL begins with sqlite:, mysql: or mariadb:, not with "${url.protocol}".`,
			);
	}
}

/** The query's options; text stays text, so that what is not a number is refused where options are checked. */
function numbersOf(url: URL): Record<string, never> {
	const options = [...url.searchParams].map(([name, value]) => [
		name,
		/^\d+$/.test(value) ? Number(value) : value,
	]);
	return Object.fromEntries(options);
}
