import type { BlockList } from "node:net";
import { SetupError } from "../../errors/setup-error.ts";
import type { ClientAddress } from "../../http/request-source.ts";
import { ownMachineAlone, type ResolvedServeOptions } from "./serve-options.ts";

/** Says which scheme and which client a request has, given whose `X-Forwarded-*` headers are believed. */
export interface ProxyTrust {
	schemeOf(peer: Peer, forwardedProto: ForwardedHeader): "http" | "https";
	clientOf(
		peer: Peer,
		forwardedFor: ForwardedHeader,
	): ClientAddress | undefined;
}

/** The other end of a connection; a socket is one. */
export interface Peer {
	readonly remoteAddress?: string | undefined;
	readonly remotePort?: number | undefined;
	/** True for a connection that is encrypted up to this server. */
	readonly encrypted?: boolean;
}

/** The value of a header, where there is one; a list is no value that can be believed. */
type ForwardedHeader = string | readonly string[] | undefined;

/**
 * Compiles the option `trustProxy`. As uvicorn does: the scheme is that of `X-Forwarded-Proto`, the client the last address of
 * `X-Forwarded-For` that is not a proxy that we trust.
 *
 * @param isLocal true when connections come by a Unix socket: who makes them has no address, and is on this machine
 * @throws SetupError `VIV_OPTION` for what is neither an address nor a network
 */
export function compileProxyTrust(
	options: Pick<ResolvedServeOptions, "trustProxy" | "log">,
	isLocal: () => boolean = () => false,
): ProxyTrust {
	const isTrusted = compileTrusted(options.trustProxy);
	const onIgnored = tellIgnored(options);
	const isProxied = ({ remoteAddress: address }: Peer) => {
		if (isLocal()) {
			return isTrusted("127.0.0.1");
		}
		const plain = address && plainAddress(address);
		if (plain && !isTrusted(plain)) {
			onIgnored(plain);
			return false;
		}
		return plain !== undefined;
	};
	return {
		schemeOf(peer, forwarded) {
			const own = peer.encrypted === true ? "https" : "http";
			return typeof forwarded === "string" && isProxied(peer)
				? (forwardedScheme(forwarded) ?? own)
				: own;
		},
		clientOf(peer, forwarded) {
			if (typeof forwarded === "string" && isProxied(peer)) {
				const client = forwardedClient(forwarded, isTrusted);
				if (client !== undefined) {
					return client;
				}
			}
			const { remoteAddress, remotePort } = peer;
			return remoteAddress === undefined || remotePort === undefined
				? undefined
				: { host: plainAddress(remoteAddress), port: remotePort };
		},
	};
}

/**
 * Tells once of a client that says for whom it asks, where the program has not said which proxies it trusts: most are the proxy, and its
 * links are `http:` and its clients all the same then.
 */
function tellIgnored({
	trustProxy,
	log,
}: Pick<ResolvedServeOptions, "trustProxy" | "log">): (
	address: string,
) => void {
	let isTold = trustProxy !== ownMachineAlone;
	return (address) => {
		if (isTold) {
			return;
		}
		isTold = true;
		log.warn(
			`${address} sends X-Forwarded-For or X-Forwarded-Proto, which is not believed; if that is your proxy, write serve(app, { trustProxy: ["${address}"] }), or its network, and trustProxy: false if it is none`,
		);
	};
}

function compileTrusted(
	trusted: boolean | readonly string[],
): (address: string) => boolean {
	if (typeof trusted === "boolean") {
		return () => trusted;
	}
	if (!Array.isArray(trusted)) {
		throw refusal(trusted);
	}
	// a mistake is told at the start; the own machine alone, which is the default, is looked at when a header asks: 4 ms that no start needs
	let networks = trusted.every((entry) => ownMachine.has(entry))
		? undefined
		: networksOf(trusted);
	return (address) => {
		networks ??= networksOf(trusted);
		const family = net().isIP(address);
		return family !== 0 && networks.check(address, `ipv${family as 4 | 6}`);
	};
}

const ownMachine: ReadonlySet<string> = new Set([
	"127.0.0.1",
	"127.0.0.0/8",
	"::1",
]);

const net = () => process.getBuiltinModule("node:net");

function networksOf(trusted: readonly string[]): BlockList {
	const networks = new (net().BlockList)();
	for (const entry of trusted) {
		addNetwork(networks, entry);
	}
	return networks;
}

function addNetwork(networks: BlockList, entry: unknown): void {
	if (typeof entry !== "string") {
		throw refusal(entry);
	}
	const [address = "", prefix, ...rest] = entry.split("/");
	const family = net().isIP(address);
	const bits = Number(prefix);
	if (family === 0 || rest.length > 0) {
		throw refusal(entry);
	}
	if (prefix === undefined) {
		networks.addAddress(address, `ipv${family as 4 | 6}`);
	} else if (!/^\d{1,3}$/.test(prefix) || bits > (family === 4 ? 32 : 128)) {
		throw refusal(entry);
	} else {
		networks.addSubnet(address, bits, `ipv${family as 4 | 6}`);
	}
}

function refusal(entry: unknown): SetupError {
	return new SetupError(
		"VIV_OPTION",
		`serve: "trustProxy" must be true, false or a list of addresses and networks such as "10.0.0.0/8", not ${JSON.stringify(entry)}`,
	);
}

// a proxy that appends leaves a list; the last entry is that of the proxy that we trust
function forwardedScheme(forwardedProto: string): "http" | "https" | undefined {
	const last = forwardedProto.slice(forwardedProto.lastIndexOf(",") + 1).trim();
	if (last === "https" || last === "wss") {
		return "https";
	}
	return last === "http" || last === "ws" ? "http" : undefined;
}

function forwardedClient(
	header: string,
	isTrusted: (address: string) => boolean,
): ClientAddress | undefined {
	const hops = header.split(",").map((hop) => parseHop(hop.trim()));
	for (let index = hops.length - 1; index >= 0; index--) {
		const hop = hops[index] as ClientAddress;
		if (index === 0 || !isTrusted(hop.host)) {
			return hop.host === "" ? undefined : hop;
		}
	}
	return undefined;
}

// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`, or a name that a proxy made up
function parseHop(hop: string): ClientAddress {
	const match =
		/^(?:\[(?<six>[^\]]*)\]|(?<four>[^:]*))(?::(?<port>\d{1,5}))?$/.exec(hop);
	const host = match?.groups?.six ?? match?.groups?.four ?? hop;
	return { host, port: Number(match?.groups?.port ?? 0) };
}

// a socket that listens on IPv6 too shows IPv4 clients as `::ffff:192.0.2.1` (RFC 4291 §2.5.5.2)
function plainAddress(address: string): string {
	return address.startsWith("::ffff:") && address.includes(".")
		? address.slice(7)
		: address;
}
