/**
 * Preloaded into every server: answers the bench's questions over the process's channel, so that a server's file holds nothing but
 * the server.
 */
export interface Usage {
	/** CPU time of the process since it started, user and system, all threads, in microseconds. */
	readonly cpuUs: number;
	/** Resident memory, in bytes. */
	readonly rssBytes: number;
}

process.on("message", (question) => {
	if (question !== "usage") return;
	const { user, system } = process.cpuUsage();
	process.send?.({
		cpuUs: user + system,
		rssBytes: process.memoryUsage.rss(),
	} satisfies Usage);
});
