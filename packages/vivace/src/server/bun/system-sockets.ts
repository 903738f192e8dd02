const { readdirSync, readFileSync, readlinkSync } =
	process.getBuiltinModule("node:fs");

/** How long that may take. */
const longestMs = 100;

/** How long the event loop gets at a time to take in what the operating system has accepted already. */
const turnMs = 10;

/** Of shutdown(2): nothing more is taken in. */
const noMoreIn = 0;

/**
 * Has the operating system leave new connections unanswered, takes in those that it has accepted already and would reset when the socket
 * closes, and has further ones refused. Bun itself closes its port only together with connections, and tells no descriptor; where the
 * system's own calls can't be reached, that is what is left.
 */
export async function acceptWaiting(
	port: number,
	hurry: AbortSignal,
): Promise<void> {
	const system = await systemCalls();
	if (system === undefined) {
		return;
	}
	const descriptors = socketsOn(port, listening);
	for (const descriptor of descriptors) {
		system.listen(descriptor, 0);
	}
	const endMs = performance.now() + longestMs;
	do {
		await new Promise((resolve) => setTimeout(resolve, turnMs));
	} while (
		performance.now() < endMs &&
		!hurry.aborted &&
		inodesOf(port, connecting).length > 0
	);
	for (const descriptor of descriptors) {
		system.shutdown(descriptor, noMoreIn);
	}
}

interface SystemCalls {
	listen(descriptor: number, backlog: number): number;
	shutdown(descriptor: number, how: number): number;
}

/** Those of the C library, whichever of the two usual ones is there. */
async function systemCalls(): Promise<SystemCalls | undefined> {
	if (process.platform !== "linux") {
		return undefined;
	}
	const name = "bun:ffi"; // not for a bundler, and not for other runtimes
	const { dlopen } = (await import(name)) as ForeignFunctions;
	const call = { args: ["int", "int"], returns: "int" };
	for (const library of ["libc.so.6", "libc.so"]) {
		try {
			return dlopen(library, { listen: call, shutdown: call }).symbols;
		} catch {
			// the other one
		}
	}
	return undefined;
}

interface ForeignFunctions {
	dlopen(
		library: string,
		declared: Readonly<Record<keyof SystemCalls, object>>,
	): { readonly symbols: SystemCalls };
}

/**
 * States as the kernel numbers them. Bun has it hold a connection back until its first bytes have come (TCP_DEFER_ACCEPT): until then it is
 * connecting, although the client has been answered.
 */
const established = "01";
const connecting = "03";
const listening = "0A";

/** How many connections to a port are open in this process; 0 where the system does not tell. */
export function connectionsTo(port: number): number {
	return process.platform === "linux" ? socketsOn(port, established).length : 0;
}

/** The descriptors of this process's TCP sockets at a port that are in a state. */
function socketsOn(port: number, state: string): number[] {
	const inodes = new Set(inodesOf(port, state));
	return inodes.size === 0
		? []
		: readdirSync("/proc/self/fd")
				.filter((name) => inodes.has(inodeOf(name)))
				.map(Number);
}

/** Of all processes. Column 2 is the address, `0100007F:1F90`, column 4 the state, column 10 the inode (proc(5)). */
function inodesOf(port: number, wanted: string): string[] {
	const end = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
	return ["tcp", "tcp6"]
		.flatMap((table) =>
			readFileSync(`/proc/self/net/${table}`, "utf8").split("\n"),
		)
		.filter((line) => line.includes(end)) // there may be thousands of others
		.map((line) => line.trim().split(/\s+/))
		.filter(
			([, address = "", , state]) => state === wanted && address.endsWith(end),
		)
		.map((columns) => columns[9] ?? "");
}

function inodeOf(descriptor: string): string {
	try {
		const link = readlinkSync(`/proc/self/fd/${descriptor}`);
		return /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? "none";
	} catch {
		return "none"; // the one that read the folder
	}
}
