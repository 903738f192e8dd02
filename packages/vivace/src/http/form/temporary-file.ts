import type { FileHandle } from "node:fs/promises";

/** A file of the form's own: what nobody has a name for is gone with the process, however that ends. */
export interface TemporaryFile {
	readonly handle: FileHandle;
	/** A path by which the file can be opened again while {@link TemporaryFile.handle} is open. */
	readonly path: string;
	/** The folder that it lies in, for messages. */
	readonly folder: string;
	/** Closes the file, which takes it off the disk. */
	close(): Promise<void>;
}

/**
 * Makes an empty file in the system's folder for temporary files (`TMPDIR`): one that never has a name, where the system knows such; one
 * that has lost its name before anything is written, where it can open a file by its descriptor; else it is removed at the end. What a
 * process that was killed may have left is removed by the next.
 *
 * @throws an Error that names the folder
 */
export async function openTemporaryFile(): Promise<TemporaryFile> {
	const { tmpdir } = await import("node:os");
	const folder = tmpdir();
	try {
		return (await openNameless(folder)) ?? (await openNamed(folder));
	} catch (cause) {
		throw keepingFailed(folder, cause);
	}
}

const isLinux = (): boolean => process.platform === "linux";

/** Of Linux's `O_TMPFILE` the part that is no `O_DIRECTORY`, which has another value on each processor (open(2)). */
const temporaryFlag = 0o20000000;

/** @returns `undefined` where the system or the folder's file system knows no files without a name */
async function openNameless(
	folder: string,
): Promise<TemporaryFile | undefined> {
	if (!isLinux()) {
		return undefined;
	}
	const { constants, open } = await import("node:fs/promises");
	const flags = temporaryFlag | constants.O_DIRECTORY | constants.O_RDWR;
	try {
		return byDescriptor(folder, await open(folder, flags, 0o600));
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === "EOPNOTSUPP" || code === "EISDIR" || code === "EINVAL") {
			return undefined;
		}
		throw error;
	}
}

async function openNamed(folder: string): Promise<TemporaryFile> {
	const { open, unlink } = await import("node:fs/promises");
	const { join } = await import("node:path");
	swept ??= removeAbandonedFiles(folder);
	await swept;
	const name = `vivace-upload-${process.pid}-${crypto.randomUUID()}`;
	const path = join(folder, name);
	const handle = await open(path, "wx+", 0o600);
	if (isLinux()) {
		await unlink(path);
		return byDescriptor(folder, handle);
	}
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

function byDescriptor(folder: string, handle: FileHandle): TemporaryFile {
	return {
		handle,
		folder,
		path: `/proc/self/fd/${handle.fd}`,
		close: () => handle.close(),
	};
}

let swept: Promise<void> | undefined;

/** Removes the files of processes that are no more. */
export async function removeAbandonedFiles(folder: string): Promise<void> {
	const { readdir, unlink } = await import("node:fs/promises");
	const { join } = await import("node:path");
	for (const name of await readdir(folder)) {
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
