import { SetupError } from "../../errors/setup-error.ts";
import { isPem, type TlsOptions } from "./tls-options.ts";

const { readFileSync, statSync } = process.getBuiltinModule("node:fs");

/** The contents of the files, or of the options themselves. */
export interface TlsMaterial {
	readonly cert: string;
	readonly key: string;
	readonly ca: string | undefined;
}

/** How often files are looked at. Mounted secrets are exchanged by links, which watching a file does not see. */
const lookMs = 1000;

const names = ["cert", "key", "ca"] as const;

/**
 * Reads certificate, key and authorities.
 *
 * @throws SetupError `VIV_OPTION` for a file that can't be read or holds no PEM
 */
export function readTlsFiles(options: TlsOptions): TlsMaterial {
	const { cert, key, ca } = options;
	return {
		cert: readPem("cert", cert),
		key: readPem("key", key),
		ca: ca === undefined ? undefined : readPem("ca", ca),
	};
}

/**
 * Calls `renew` when one of the files has changed since a version was read and all have been left alone for a moment, since certificate and
 * key are written one after the other; again each second while it says that it could not. Does not keep the process.
 *
 * @param read the version that {@link tlsVersion} gave before the files were read
 * @returns ends that
 */
export function watchTlsFiles(
	options: TlsOptions,
	read: string,
	renew: () => boolean,
): () => void {
	const paths = pathsOf(options);
	if (paths.length === 0) {
		return () => {};
	}
	let known = read;
	let seen = read;
	const timer = setInterval(() => {
		const now = versionOf(paths);
		const isStill = now === seen;
		seen = now;
		if (isStill && now !== known && renew()) {
			known = now;
		}
	}, lookMs).unref();
	return () => clearInterval(timer);
}

/** Which files there are now. To be asked before they are read, so that a change while they are is seen. */
export function tlsVersion(options: TlsOptions): string {
	return versionOf(pathsOf(options));
}

function pathsOf(options: TlsOptions): string[] {
	return names.flatMap((name) => {
		const value = options[name];
		return value === undefined || isPem(value) ? [] : [value];
	});
}

/** With the time of the last change of a mode or a name: a file that could not be read may have been made readable. */
function versionOf(paths: readonly string[]): string {
	return paths
		.map((path) => {
			const stats = statSync(path, { throwIfNoEntry: false });
			return stats === undefined
				? ""
				: `${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`;
		})
		.join("\n");
}

function readPem(name: string, value: string): string {
	if (isPem(value)) {
		return value;
	}
	let text: string;
	try {
		text = readFileSync(value, "utf8");
	} catch (cause) {
		const { code = "unknown error" } = cause as NodeJS.ErrnoException; // of the file system
		throw new SetupError(
			"VIV_OPTION",
			`serve: "tls.${name}" is neither PEM nor a file that can be read: ${value} (${code})`,
			{ cause },
		);
	}
	if (!isPem(text)) {
		throw new SetupError(
			"VIV_OPTION",
			`serve: "tls.${name}": ${value} holds no PEM, which begins with "-----BEGIN"`,
		);
	}
	return text;
}
