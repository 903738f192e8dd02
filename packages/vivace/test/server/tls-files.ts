import { copyFileSync, readFileSync, renameSync } from "node:fs";
import { request } from "node:https";
import { connect, type TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";

/** The path of a file of `fixtures/tls`, all of which are made for a hundred years. */
export function tlsFile(name: string): string {
	return fileURLToPath(new URL(`./fixtures/tls/${name}`, import.meta.url));
}

/** A certificate and its key: `first`, `second`. */
export function certificate(name: string): CertificatePaths {
	return {
		cert: tlsFile(`${name}.cert.pem`),
		key: tlsFile(`${name}.key.pem`),
	};
}

/** Where a certificate and its key stand. */
export interface CertificatePaths {
	readonly cert: string;
	readonly key: string;
}

/**
 * Puts a certificate in the place of another one, as the tools that make them do: by another file. One that is written to twice within a
 * millisecond looks the same.
 */
export function installCertificate(
	name: string,
	paths: CertificatePaths,
): void {
	for (const part of ["cert", "key"] as const) {
		copyFileSync(certificate(name)[part], `${paths[part]}.new`);
		renameSync(`${paths[part]}.new`, paths[part]);
	}
}

interface SecureRequest {
	readonly headers?: Readonly<Record<string, string>>;
	/** Whose certificate the client shows. */
	readonly client?: string;
}

let askedCount = 0;

/**
 * Asks a server over TLS on a connection of its own: resolves to the body, and to whose certificate the server has shown. Each time by another
 * name: Deno resumes a session by its name, and such a client goes on with the certificate that it was shown first.
 */
export function getSecurely(
	url: string,
	{ headers = {}, client }: SecureRequest = {},
): Promise<{ body: string; name: string }> {
	return new Promise((resolve, reject) => {
		const sent = request(
			url,
			{
				agent: false,
				servername: `client-${++askedCount}.example`,
				headers,
				rejectUnauthorized: false,
				...(client !== undefined && {
					cert: readFileSync(tlsFile(`${client}.cert.pem`)),
					key: readFileSync(tlsFile(`${client}.key.pem`)),
				}),
			},
			(answer) => {
				const { subject } = (answer.socket as TLSSocket).getPeerCertificate();
				let body = "";
				answer.setEncoding("utf8").on("data", (chunk: string) => {
					body += chunk;
				});
				answer.on("error", reject);
				answer.on("end", () => resolve({ body, name: String(subject.CN) }));
			},
		);
		sent.on("error", reject);
		sent.end();
	});
}

/** An encrypted connection, once its handshake is over; rejects when that fails. */
export function openSecurely(
	port: number,
	protocols: string[] = ["http/1.1"],
): Promise<TLSSocket> {
	return new Promise((resolve, reject) => {
		const socket = connect(
			{
				port,
				host: "127.0.0.1",
				rejectUnauthorized: false,
				ALPNProtocols: protocols,
			},
			() => resolve(socket.off("error", reject)),
		);
		socket.once("error", reject);
	});
}
