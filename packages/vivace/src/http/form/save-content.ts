import type { OptionRules } from "../../errors/options.ts";

/** Options of `saveTo`. */
export interface SaveOptions {
	/** True when a file that is there already is replaced. Default: true. */
	readonly overwrite?: boolean;
}

export const saveRules: OptionRules<SaveOptions> = { overwrite: "boolean" };

/**
 * Writes a file whole or not at all: under a name beside it, then given its own. A failure leaves what was there before.
 *
 * @returns its size in bytes
 * @throws the system's error: `ENOENT` without the folder, `EEXIST` where the file is there and `overwrite` is false
 */
export async function saveContent(
	path: string,
	chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
	{ overwrite = true }: SaveOptions = {},
): Promise<number> {
	const { link, open, rename, unlink } = await import("node:fs/promises");
	const draft = `${path}.${crypto.randomUUID()}.part`;
	const handle = await open(draft, "wx");
	try {
		let size = 0;
		try {
			for await (const chunk of chunks) {
				await handle.appendFile(chunk);
				size += chunk.length;
			}
			await handle.sync();
		} finally {
			await handle.close();
		}
		if (overwrite) {
			await rename(draft, path);
		} else {
			await link(draft, path); // unlike a renaming, it replaces nothing
			await unlink(draft);
		}
		return size;
	} catch (error) {
		await unlink(draft).catch(() => undefined); // the failure before this one is told
		throw error;
	}
}
