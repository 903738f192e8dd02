import { type SystemCalls, setNumber, untilExec } from "./system-calls.ts";

/** AF_INET and AF_INET6, SOCK_STREAM and SOCK_NONBLOCK of socket(2), as Linux numbers them. */
const families = { 4: 2, 6: 10 } as const;
const stream = 1;
const nonBlocking = 0o4000;

/** IPPROTO_IPV6 and IPV6_V6ONLY of ipv6(7). */
const ipv6Level = 41;
const ipv6Only = 26;

/** Where the address begins in `struct sockaddr_in` and `struct sockaddr_in6`, how long these are, and where the number of the link is. */
const layouts = {
	4: { offset: 4, sizeBytes: 16 },
	6: { offset: 8, sizeBytes: 28 },
} as const;
const linkOffset = 24;

/** An address of this machine, as the system's calls take it. */
export interface SocketAddress {
	readonly family: 4 | 6;
	readonly text: string;
	/** `struct sockaddr_in` or `struct sockaddr_in6`. */
	bytes(port: number): Uint8Array<ArrayBuffer>;
}

/**
 * The address of a host.
 *
 * @returns `undefined` where the system can't read it
 * @throws the error of the look-up
 */
export async function socketAddress(
	system: SystemCalls,
	host: string,
): Promise<SocketAddress | undefined> {
	const { lookup } = process.getBuiltinModule("node:dns").promises;
	const { address: text, family } = await lookup(host);
	const version = family === 6 ? 6 : 4;
	const { offset, sizeBytes } = layouts[version];
	const [address = "", link] = text.split("%");
	const inner = new Uint8Array(16);
	const read = system.inet_pton(
		families[version],
		new TextEncoder().encode(`${address}\0`),
		inner,
	);
	if (read !== 1) {
		return undefined;
	}
	return {
		family: version,
		text,
		bytes(port) {
			const bytes = new Uint8Array(sizeBytes);
			const view = new DataView(bytes.buffer);
			view.setUint16(0, families[version], true);
			view.setUint16(2, port); // the order of the network
			bytes.set(inner.subarray(0, version === 6 ? 16 : 4), offset);
			if (version === 6) {
				view.setUint32(linkOffset, linkNumber(link), true);
			}
			return bytes;
		},
	};
}

/** The number of a network interface, by its name or number; 0 is none. */
function linkNumber(link: string | undefined): number {
	if (link === undefined) {
		return 0;
	}
	const { networkInterfaces } = process.getBuiltinModule("node:os");
	const [own] = networkInterfaces()[link] ?? [];
	return own?.scopeid ?? (Number(link) || 0);
}

/** A socket for an address, which is not bound yet. */
export function tcpSocket(
	system: SystemCalls,
	{ family }: SocketAddress,
): number {
	const descriptor = system.socket(
		families[family],
		stream | nonBlocking | untilExec,
		0,
	);
	if (family === 6) {
		setNumber(system, descriptor, ipv6Level, ipv6Only, 0);
	}
	return descriptor;
}
