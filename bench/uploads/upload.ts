import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";

/** As long as those of browsers and curl: the longer it is, the faster it is searched. */
const boundary = "----WebKitFormBoundaryBench0Bench0Benc";
const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="large.bin"\r\nContent-Type: application/octet-stream\r\n\r\n`;
const tail = `\r\n--${boundary}--\r\n`;
/** Random bytes, as those of a picture or an archive: what looks like a line end comes once in 64 KiB. */
const piece = randomBytes(1024 * 1024);

/** Sends one file of so many MiB, as fast as the server takes it; gives the milliseconds until its answer. */
export async function upload(
	port: number,
	target: string,
	mebibytes: number,
): Promise<number> {
	const size = mebibytes * piece.length;
	const socket = connect(port, "127.0.0.1");
	await once(socket, "connect");
	const begin = performance.now();
	socket.write(
		[
			`POST ${target} HTTP/1.1`,
			"host: 127.0.0.1",
			`content-type: multipart/form-data; boundary=${boundary}`,
			`content-length: ${head.length + size + tail.length}`,
			"connection: close",
			"",
			head,
		].join("\r\n"),
	);
	let received = "";
	socket.setEncoding("latin1").on("data", (chunk: string) => {
		received += chunk;
	});
	const closed = once(socket, "close");
	for (let sent = 0; sent < mebibytes; sent += 1) {
		if (!socket.write(piece)) {
			await Promise.race([once(socket, "drain"), closed]);
		}
	}
	socket.write(tail);
	await closed;
	const elapsedMs = performance.now() - begin;
	if (!received.includes(`{"bytes":${size}}`)) {
		throw new Error(`${target} on port ${port} answered ${received}`);
	}
	return elapsedMs;
}
