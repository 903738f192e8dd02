import type { Socket } from "node:net";
import type { TLSSocket, Server as TlsServer } from "node:tls";
import { SetupError } from "../../errors/setup-error.ts";
import type { ResolvedServeOptions } from "../lifecycle/serve-options.ts";
import {
	readTlsFiles,
	type TlsMaterial,
	tlsVersion,
	watchTlsFiles,
} from "../lifecycle/tls-files.ts";
import type { TlsOptions } from "../lifecycle/tls-options.ts";

/**
 * Stands in front of an HTTP server that knows nothing of TLS: takes connections, from a listening socket or one by one, and hands on
 * those whose handshake went well. A certificate that is renewed counts from the next connection on.
 */
export class TlsFront {
	/** Accepts connections; what it emits as `connection` is not encrypted yet. */
	readonly server: TlsServer;
	readonly #log: ResolvedServeOptions["log"];
	readonly #tls: TlsOptions;
	/** Those whose handshake is not over. */
	readonly #handshakes = new Set<Socket>();
	readonly #endWatch: () => void;
	/** Why the last renewal failed, which is told once. */
	#failure: string | undefined;

	/** @throws SetupError `VIV_OPTION` for files that can't be read, and for a key that does not fit its certificate */
	constructor(
		tls: TlsOptions,
		{ log, headersTimeoutMs }: ResolvedServeOptions,
		onSecure: (socket: TLSSocket) => void,
	) {
		this.#log = log;
		this.#tls = tls;
		const { createServer } = process.getBuiltinModule("node:tls");
		const version = tlsVersion(tls);
		this.server = createServer({
			...secureOptions(tls),
			handshakeTimeout: headersTimeoutMs,
			ALPNProtocols: ["http/1.1"], // who speaks HTTP/2 alone is told so in the handshake
			allowHalfOpen: true,
			noDelay: true,
		});
		this.server.on("connection", (socket) => {
			this.#handshakes.add(socket);
			socket.once("close", () => this.#handshakes.delete(socket));
		});
		this.server.on("secureConnection", (secure) => {
			this.#handshakes.delete(rawSocket(secure));
			onSecure(secure);
		});
		this.server.on("tlsClientError", (_, secure) => secure.destroy());
		this.#endWatch = watchTlsFiles(tls, version, () => this.#renew());
	}

	/** Takes a connection that another process has accepted. */
	take(socket: Socket): void {
		this.server.emit("connection", socket);
	}

	/** Stops accepting; `onClosed` is called when all its connections are closed. */
	close(onClosed: () => void): void {
		this.#endWatch();
		this.server.close(onClosed);
	}

	/** How many connections are in their handshake. */
	get handshakeCount(): number {
		return this.#handshakes.size;
	}

	/** Cuts those whose handshake is not over. */
	cutHandshakes(): void {
		for (const socket of this.#handshakes) {
			socket.destroy();
		}
	}

	#renew(): boolean {
		try {
			this.server.setSecureContext(secureOptions(this.#tls));
			this.#failure = undefined;
			this.#log.info("Vivace has read a renewed certificate");
			return true;
		} catch (error) {
			const { message } = error as Error; // a SetupError
			if (message !== this.#failure) {
				this.#failure = message;
				this.#log.error(
					`the certificate was not renewed, the one before still counts: ${message}`,
				);
			}
			return false;
		}
	}
}

function secureOptions(tls: TlsOptions): object {
	const { passphrase, ca, minVersion = "TLSv1.2", ciphers } = tls;
	const files = readTlsFiles(tls);
	if (ca !== undefined && "Deno" in globalThis) {
		throw new SetupError(
			"VIV_OPTION",
			'serve: "tls.ca" is not kept on Deno, which cuts clients off that show a certificate; let a proxy ask them for it',
		);
	}
	const options = {
		cert: files.cert,
		key: files.key,
		minVersion,
		...(passphrase !== undefined && { passphrase }),
		...(ciphers !== undefined && { ciphers }),
		...(ca !== undefined && {
			ca: files.ca,
			requestCert: true,
			rejectUnauthorized: true,
		}),
	} as const;
	try {
		assertPair(files, passphrase);
		process.getBuiltinModule("node:tls").createSecureContext(options);
	} catch (cause) {
		throw new SetupError(
			"VIV_OPTION",
			`serve: "tls" can't be used: ${(cause as Error).message}; give a certificate and the key that it was made with`, // OpenSSL's
			{ cause },
		);
	}
	return options;
}

/** Node would say so itself; Bun and Deno only where the first client comes. */
function assertPair(
	{ cert, key }: TlsMaterial,
	passphrase: string | undefined,
): void {
	const { X509Certificate, createPrivateKey } =
		process.getBuiltinModule("node:crypto");
	const secret = createPrivateKey({
		key,
		...(passphrase !== undefined && { passphrase }),
	});
	if (!new X509Certificate(cert).checkPrivateKey(secret)) {
		throw new Error("key values mismatch");
	}
}

/** The connection under an encrypted one. */
function rawSocket(secure: TLSSocket): Socket {
	return (secure as unknown as { _parent: Socket })._parent; // no public name
}
