import type { Server } from "node:net";
import type { FullNotice } from "../lifecycle/full-notice.ts";

/** Has a server close connections beyond a number, 0 for none, and the log say so. */
export function limitConnections(
	server: Server,
	mostOpen: number,
	openCount: () => number,
	notice: FullNotice,
): void {
	if (mostOpen === 0) {
		return;
	}
	server.maxConnections = mostOpen;
	server.on("drop", notice.tell);
	if ("Deno" in globalThis) {
		// it says nothing of those that it closes, so the last one that it takes is told
		server.on("connection", () => {
			if (openCount() >= mostOpen) {
				notice.tell();
			}
		});
	}
}
