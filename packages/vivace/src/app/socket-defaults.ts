import type { OptionRules } from "../errors/options.ts";
import {
	type AllowedOrigins,
	originsMistake,
} from "../websocket/allowed-origins.ts";
import {
	type SocketLimits,
	socketLimitRules,
} from "../websocket/socket-limits.ts";

/** An app's rules for all its sockets. */
export interface SocketDefaults {
	/** How much is taken. `sockets` and `socketsPerClient` are those of the whole app. */
	readonly limits?: SocketLimits;
	/** Whose pages may open them. Default: `"any"`, as in FastAPI; with cookies or sessions say `"same"`. */
	readonly allowedOrigins?: AllowedOrigins;
}

/** Rules of {@link SocketDefaults}. */
export const socketDefaultsRules: OptionRules<SocketDefaults> = {
	limits: { nested: socketLimitRules },
	allowedOrigins: originsMistake,
};
