// Preloaded into every server that runs on Node: answers the bench's question over the process's channel, so that a server's file holds
// nothing but the server. Plain JavaScript, so that nothing is loaded for it: memory is measured. The answer is `Usage` of server-process.ts.
process.on("message", (question) => {
	if (question !== "usage") {
		return;
	}
	const { user, system } = process.cpuUsage();
	process.send?.({ cpuUs: user + system, rssBytes: process.memoryUsage.rss() });
});
