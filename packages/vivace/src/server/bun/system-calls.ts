/** The functions of the C library that the server calls. Each gives -1 for a failure; why it failed is not told. */
export interface SystemCalls {
	socket(family: number, type: number, protocol: number): number;
	setsockopt(
		descriptor: number,
		level: number,
		name: number,
		value: Uint8Array,
		sizeBytes: number,
	): number;
	bind(descriptor: number, address: Uint8Array, sizeBytes: number): number;
	getsockname(
		descriptor: number,
		address: Uint8Array,
		sizeBytes: Uint8Array,
	): number;
	listen(descriptor: number, backlog: number): number;
	shutdown(descriptor: number, how: number): number;
	dup3(from: number, to: number, flags: number): number;
	close(descriptor: number): number;
	epoll_ctl(
		poll: number,
		operation: number,
		descriptor: number,
		event: Uint8Array,
	): number;
	inet_pton(family: number, text: Uint8Array, into: Uint8Array): number;
	/** Where bytes are, for a structure that refers to them. */
	addressOf(bytes: Uint8Array): bigint;
}

const int = "int";
const bytes = "ptr";
const size = "u32";
const declared = {
	socket: { args: [int, int, int], returns: int },
	setsockopt: { args: [int, int, int, bytes, size], returns: int },
	bind: { args: [int, bytes, size], returns: int },
	getsockname: { args: [int, bytes, bytes], returns: int },
	listen: { args: [int, int], returns: int },
	shutdown: { args: [int, int], returns: int },
	dup3: { args: [int, int, int], returns: int },
	close: { args: [int], returns: int },
	epoll_ctl: { args: [int, int, int, bytes], returns: int },
	inet_pton: { args: [int, bytes, bytes], returns: int },
} as const;

let loading: Promise<SystemCalls | undefined> | undefined;

/** Those of the C library, whichever of the two usual ones is there; `undefined` where they can't be reached, as on systems other than Linux. */
export function systemCalls(): Promise<SystemCalls | undefined> {
	loading ??= load();
	return loading;
}

async function load(): Promise<SystemCalls | undefined> {
	if (process.platform !== "linux") {
		return undefined;
	}
	// not for a bundler, also not for one that puts constants in their places: other runtimes have no such module
	const name = ["bun", "ffi"].join(":");
	try {
		const { dlopen, ptr } = (await import(name)) as ForeignFunctions;
		for (const library of ["libc.so.6", "libc.so"]) {
			try {
				const { symbols } = dlopen(library, declared);
				return { ...symbols, addressOf: (of) => BigInt(ptr(of)) };
			} catch {
				// the other one
			}
		}
	} catch {
		// this process may not call foreign functions, or its runtime is another
	}
	return undefined;
}

interface ForeignFunctions {
	dlopen(
		library: string,
		functions: Readonly<Record<string, object>>,
	): { readonly symbols: Omit<SystemCalls, "addressOf"> };
	ptr(of: Uint8Array): number;
}

/** SOL_SOCKET of setsockopt(2). */
export const socketLevel = 1;

/** O_CLOEXEC, which SOCK_CLOEXEC is as well. */
export const untilExec = 0o2000000;

/** Sets an option that is a number; gives whether that went well. */
export function setNumber(
	system: SystemCalls,
	descriptor: number,
	level: number,
	name: number,
	value: number,
): boolean {
	const given = numberBytes(value);
	return system.setsockopt(descriptor, level, name, given, given.length) === 0;
}

/** An `int` as it lies in memory. */
export function numberBytes(value: number): Uint8Array {
	return new Uint8Array(new Uint32Array([value]).buffer);
}
