import { execFile } from "node:child_process";
import {
	chmod,
	chown,
	copyFile,
	mkdtemp,
	readFile,
	rm,
} from "node:fs/promises";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram } from "./find-program.ts";

const run = promisify(execFile);

/** An authority of the test's own, which makes certificates for servers and clients. */
export class TlsAuthority implements AsyncDisposable {
	readonly folder: string;

	private constructor(folder: string) {
		this.folder = folder;
	}

	/** Why tests with one can't run here; undefined if they can. */
	static get missing(): string | undefined {
		return findProgram("openssl") || process.env.VIVACE_NO_SKIP === "1"
			? undefined
			: "install openssl";
	}

	static async make(): Promise<TlsAuthority> {
		const folder = await mkdtemp(join(tmpdir(), "vivace-tls-"));
		await chmod(folder, 0o755);
		const authority = new TlsAuthority(folder);
		await authority.#openssl(
			...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"],
			...["-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority"],
		);
		return authority;
	}

	/** Makes `<file>.pem` and `<file>.key`, of somebody with this name, or of an address. */
	async certify(file: string, name: string): Promise<void> {
		const kind = isIP(name) ? "IP" : "DNS";
		await this.#openssl(
			...["req", "-newkey", "rsa:2048", "-nodes", "-subj", `/CN=${name}`],
			...["-keyout", `${file}.key`, "-out", `${file}.csr`],
			...["-addext", `subjectAltName=${kind}:${name}`],
		);
		await this.#openssl(
			...["x509", "-req", "-in", `${file}.csr`, "-days", "2"],
			...["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"],
			...["-copy_extensions", "copy", "-out", `${file}.pem`],
		);
	}

	/** The path of a file, after giving a copy of it to a user of the system, who alone may read it. */
	async ownedBy(user: string, file: string): Promise<string> {
		const path = join(this.folder, `${user}-${file}`);
		await copyFile(join(this.folder, file), path);
		await chmod(path, 0o600);
		if (process.getuid?.() === 0) {
			const id = async (flag: string) =>
				Number((await run("id", [flag, user])).stdout);
			await chown(path, await id("-u"), await id("-g"));
		}
		return path;
	}

	read(file: string): Promise<string> {
		return readFile(join(this.folder, file), "utf8");
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await rm(this.folder, { recursive: true, force: true });
	}

	async #openssl(...options: readonly string[]): Promise<void> {
		await run("openssl", [...options], { cwd: this.folder });
	}
}
