import { createReadStream } from "node:fs";
import type { FileBody } from "../../http/response.ts";

/** Half the time per gigabyte of 64 KiB pieces that are read one after the other. */
const pieceBytes = 262_144;

/** The bytes of a file body, read ahead by a piece; nothing is opened before the first is asked for. */
export async function* streamFile({
	path,
	offset,
	sizeBytes,
}: FileBody): AsyncGenerator<Uint8Array, void, undefined> {
	if (sizeBytes === 0) {
		return;
	}
	const end = offset + sizeBytes - 1;
	yield* createReadStream(path, {
		start: offset,
		end,
		highWaterMark: pieceBytes,
	});
}
