/** How many connections there are and what they do. */
export interface PoolStats {
	/** Connections that are open. */
	readonly open: number;
	/** Those that nobody uses. */
	readonly idle: number;
	/** Those that are lent. */
	readonly inUse: number;
	/** Those that are being opened. */
	readonly connecting: number;
	/** Callers that wait for one. */
	readonly waiting: number;
	/** The server that new connections go to, `host:port`; SQLite has none. */
	readonly server?: string;
}
