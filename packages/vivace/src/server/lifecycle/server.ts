/** The counts of a server. */
export interface ServerStats {
	/**
	 * Bodies that were left behind since the start, in all workers: nobody read them any more, and they had not ended after the app's
	 * `exitTimeoutMs`, because their generator waits for something else than `request.signal`. Each has a line in the log.
	 */
	readonly abandoned: number;
	/** Sockets that are open now, in all workers. */
	readonly sockets: number;
}

/** A server that listens. */
export interface Server extends AsyncDisposable {
	/** Where it can be reached from this machine, without a final slash: `http://127.0.0.1:8000`, or `unix:/run/shop.sock`. */
	readonly url: string;
	/** Its address, or the path of its Unix socket. */
	readonly host: string;
	/** The port that it has; with the option `port: 0` the one that was free. `0` for a Unix socket. */
	readonly port: number;
	/** Its counts. */
	stats(): ServerStats;
	/**
	 * Stops as on a signal, but leaves the process alone: requests and background tasks have their time to finish, then resources are
	 * released. Every call gives the same promise.
	 *
	 * @throws what failed on the way; several failures come as an `AggregateError`
	 */
	close(): Promise<void>;
}
