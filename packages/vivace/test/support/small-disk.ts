import { execFileSync } from "node:child_process";
import {
	chownSync,
	closeSync,
	mkdtempSync,
	openSync,
	rmdirSync,
	rmSync,
	statSync,
	writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const sizes = [2 ** 20, 4_096] as const;
let reason: string | undefined;

/** A file system of a test's own, 64 MiB in memory, that it can fill. */
export class SmallDisk implements Disposable {
	readonly #folder: string;

	private constructor(folder: string) {
		this.#folder = folder;
	}

	/** Why tests can't have one here; undefined if they can. Only who administers the machine may mount. */
	static get missing(): string | undefined {
		reason ??= whyNot();
		return reason === "" ? undefined : reason;
	}

	/** Mounts it on an empty folder, whose owner it belongs to. */
	static on(folder: string): SmallDisk {
		const { uid, gid } = statSync(folder);
		execFileSync("mount", ["-t", "tmpfs", "-o", "size=64m", "none", folder]);
		chownSync(folder, uid, gid);
		return new SmallDisk(folder);
	}

	/** Leaves no page of it free. */
	fill(): void {
		const file = openSync(this.#filler, "w");
		try {
			for (const size of sizes) {
				writeUntilFull(file, Buffer.alloc(size));
			}
		} finally {
			closeSync(file);
		}
	}

	/** Takes away all that {@link fill} has written. */
	free(): void {
		rmSync(this.#filler, { force: true });
	}

	[Symbol.dispose](): void {
		execFileSync("umount", ["--lazy", this.#folder]);
	}

	get #filler(): string {
		return join(this.#folder, "filler");
	}
}

function writeUntilFull(file: number, block: Buffer): void {
	try {
		while (writeSync(file, block) > 0) {}
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ENOSPC") {
			throw error;
		}
	}
}

/** Empty if one can be mounted. */
function whyNot(): string {
	const folder = mkdtempSync(join(tmpdir(), "vivace-disk-"));
	try {
		using _ = SmallDisk.on(folder);
		return "";
	} catch (error) {
		return `no file system can be mounted here: ${String(error).split("\n")[0]}`;
	} finally {
		rmdirSync(folder);
	}
}
