import { SetupError } from "../../errors/setup-error.ts";
import type { ListenAddress } from "./connection-source.ts";
import type { ResolvedServeOptions } from "./serve-options.ts";

/** Where a server is told to listen. */
export type ListenPlace =
	| { readonly host: string; readonly port: number }
	| { readonly path: string; readonly mode: number }
	| { readonly fd: number };

/** The first descriptor that systemd passes on (sd_listen_fds(3)). */
const firstPassedFd = 3;

/**
 * The place that the options name.
 *
 * @throws SetupError `VIV_LISTEN` when systemd has passed no socket to this process
 */
export function listenPlace(options: ResolvedServeOptions): ListenPlace {
	const { host, port, socketPath, socketMode, fd } = options;
	if (socketPath !== undefined) {
		return { path: socketPath, mode: socketMode };
	}
	if (fd !== undefined) {
		return { fd: fd === "systemd" ? passedFd() : fd };
	}
	return { host, port };
}

/** Host and port of a server; for a Unix socket its path and 0. */
export function addressOf(
	{ host, port, socketPath, fd }: ResolvedServeOptions,
	address: ListenAddress | undefined,
): { readonly host: string; readonly port: number } {
	return {
		host: fd === undefined ? (socketPath ?? host) : (address?.address ?? host),
		port: address?.port ?? (socketPath === undefined ? port : 0),
	};
}

// a variable that is for another process was inherited: by a child of the service, or from a shell in between
function passedFd(): number {
	const { LISTEN_PID: pid, LISTEN_FDS: count } = process.env;
	if (pid === undefined || count === undefined) {
		throw new SetupError(
			"VIV_LISTEN",
			'serve: "fd" is "systemd", and no socket was passed (LISTEN_FDS is not set); start it by a .socket unit',
		);
	}
	if (pid !== String(process.pid)) {
		throw new SetupError(
			"VIV_LISTEN",
			`serve: "fd" is "systemd", and the socket was passed to process ${pid}, not to this one (${process.pid}); let ExecStart= start the program itself, without a shell or npm in between`,
		);
	}
	if (count !== "1") {
		throw new SetupError(
			"VIV_LISTEN",
			`serve: "fd" is "systemd", and ${count} sockets were passed where one is expected; name one by its number, from ${firstPassedFd} on`,
		);
	}
	// for this process alone (sd_listen_fds with unset_environment)
	for (const name of ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]) {
		delete process.env[name];
	}
	return firstPassedFd;
}
