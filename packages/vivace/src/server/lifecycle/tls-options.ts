import type { OptionRules } from "../../errors/options.ts";

/** How connections are encrypted. Each text is PEM itself, or the path of a file with it. */
export interface TlsOptions {
	/** The certificate, followed by those between it and the authority that clients know. */
	readonly cert: string;
	/** Its private key. */
	readonly key: string;
	/** The words with which the key is encrypted. Default: it is not encrypted. */
	readonly passphrase?: string;
	/**
	 * Authorities of clients: every client has to show a certificate that one of them has signed, otherwise its connection ends with the
	 * handshake. Default: none, clients show nothing.
	 */
	readonly ca?: string;
	/** The oldest version that is spoken. Default: `"TLSv1.2"`. */
	readonly minVersion?: "TLSv1.2" | "TLSv1.3";
	/** The ciphers for TLS 1.2 and below, as OpenSSL lists them. Default: the runtime's. */
	readonly ciphers?: string;
}

/** Rules of {@link TlsOptions}. */
export const tlsRules: OptionRules<TlsOptions> = {
	cert: { required: pemOrPath },
	key: { required: pemOrPath },
	passphrase: "text",
	ca: pemOrPath,
	minVersion: ["TLSv1.2", "TLSv1.3"],
	ciphers: "text",
};

/** True for PEM itself; otherwise it is a path. */
export function isPem(text: string): boolean {
	return text.includes("-----BEGIN ");
}

function pemOrPath(value: unknown): string | undefined {
	return typeof value === "string" && value.trim() !== ""
		? undefined
		: "PEM, or the path of a file with it";
}
