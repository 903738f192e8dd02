import type { FileHandle } from "node:fs/promises";

/** A file of the form's own: what nobody has a name for is gone with the process, however that ends. */
export interface TemporaryFile {
	readonly handle: FileHandle;
	/** A path by which the file can be opened again while {@link TemporaryFile.handle} is open. */
	readonly path: string;
	/** The folder that it lies in, for messages. */
	readonly folder: string;
	/** Closes the file and removes what is left of it. */
	close(): Promise<void>;
}

const prefix = "vivace-upload-";

/**
 * Makes an empty file in the system's folder for temporary files (`TMPDIR`). It has lost its name before anything is written, where the
 * system can open a file by its descriptor; elsewhere it is removed at the end, and what a killed process has left is removed by the next.
 *
 * @throws an Error that names the folder
 */
export async function openTemporaryFile(): Promise<TemporaryFile> {
	const [{ open, unlink }, { tmpdir }, { join }] = await Promise.all([
		import("node:fs/promises"),
		import("node:os"),
		import("node:path"),
	]);
	const folder = tmpdir();
	const name = `${prefix}${process.pid}-${crypto.randomUUID()}`;
	const path = join(folder, name);
	const handle = await open(path, "wx+", 0o600).catch((cause) => {
		throw keepingFailed(folder, cause);
	});
	if (process.platform === "linux") {
		await unlink(path);
		return {
			handle,
			folder,
			path: `/proc/self/fd/${handle.fd}`,
			close: () => handle.close(),
		};
	}
	swept ??= removeAbandonedFiles(folder);
	await swept;
	return {
		handle,
		folder,
		path,
		async close() {
			await handle.close();
			await unlink(path);
		},
	};
}

let swept: Promise<void> | undefined;

/** Removes the files of processes that are no more. */
export async function removeAbandonedFiles(folder: string): Promise<void> {
	const [{ readdir, unlink }, { join }] = await Promise.all([
		import("node:fs/promises"),
		import("node:path"),
	]);
	const names = await readdir(folder);
	for (const name of names) {
		const pid = Number(/^vivace-upload-(\d+)-/.exec(name)?.[1]);
		if (pid > 0 && !isAlive(pid)) {
			// another process may be doing the same
			await unlink(join(folder, name)).catch(() => undefined);
		}
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM"; // somebody else's
	}
}

/** An upload that can't be kept is no fault of the client: the folder is for the log. */
export function keepingFailed(folder: string, cause: unknown): Error {
	const reason = cause instanceof Error ? cause.message : String(cause);
	return new Error(
		`an upload could not be kept in ${folder} (TMPDIR names another folder): ${reason}`,
		{ cause },
	);
}
