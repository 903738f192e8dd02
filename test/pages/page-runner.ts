import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../../packages/vivace/test/support/free-port.ts";
import { root } from "../source-files.ts";
import type { CommandStep, PageStep } from "./page-steps.ts";
import { hasLines, isShown } from "./shown-output.ts";

/** The port that pages show. */
const shownPort = 8000;
const serverCommand =
	/^(?:[A-Z_]+=\S+ )*(?:npx vivace (?:dev|run)\b|node (?:--\S+ )*(?:src\/)?main\.ts$)/;
const liveCommand = /^curl -N /;
// a start on a machine that does a lot else
const patienceMs = 60_000;

/** A process that goes on while further commands run, and all that it has printed. */
interface LongProcess {
	readonly child: ChildProcess;
	readonly step: CommandStep;
	output: string;
}

/** A server that a page tells its reader to start, for the blocks that need it. */
export interface OtherServer {
	/** Its address, as the page has it. */
	readonly shown: string;
	/** Its address here; undefined where it is not installed, and these blocks are passed over. */
	readonly real: string | undefined;
}

/**
 * A folder in which the files of a page are written and its commands run, as its reader does it. A server (`npx vivace dev`, `node
 * main.ts`) runs until the next one or the end, and is started again when a file has changed; `curl -N` follows a stream, and must have
 * printed all that is shown when the page ends.
 */
export class PageRunner implements AsyncDisposable {
	readonly #folder: string;
	readonly #port: number;
	readonly #environment: NodeJS.ProcessEnv;
	readonly #servers: Readonly<Record<string, OtherServer>>;
	readonly #followed: LongProcess[] = [];
	#server: LongProcess | undefined;
	#isChanged = false;

	private constructor(
		folder: string,
		port: number,
		environment: NodeJS.ProcessEnv,
		servers: Readonly<Record<string, OtherServer>>,
	) {
		this.#folder = folder;
		this.#port = port;
		this.#environment = environment;
		this.#servers = servers;
	}

	/** @param servers by the name of the blocks that need them: `with PostgreSQL` */
	static async start(
		servers: Readonly<Record<string, OtherServer>> = {},
	): Promise<PageRunner> {
		const folder = await mkdtemp(join(tmpdir(), "vivace-page-"));
		await symlink(
			join(root, "node_modules"),
			join(folder, "node_modules"),
			"junction",
		);
		await writeFile(
			join(folder, "package.json"),
			'{ "name": "shop", "type": "module" }\n',
		);
		await mkdir(join(folder, ".runner"));
		await writeFile(join(folder, ".runner/variables"), "");
		await writeFile(join(folder, ".runner/.curlrc"), "silent\nshow-error\n");
		const port = await freePort();
		const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...own } = process.env;
		return new PageRunner(
			folder,
			port,
			{
				...own,
				PATH: [
					join(root, "node_modules/.bin"),
					dirname(process.execPath),
					own.PATH,
				].join(delimiter),
				CURL_HOME: join(folder, ".runner"),
				NO_COLOR: "1",
				PORT: String(port),
			},
			servers,
		);
	}

	/** Does what the page says, and throws with the page's line where something else comes than it shows. */
	async run(page: string, steps: readonly PageStep[]): Promise<void> {
		for (const step of steps) {
			try {
				await this.#do(step);
			} catch (error) {
				const said =
					this.#server === undefined
						? ""
						: `\nthe server's output:\n${this.#server.output}`;
				throw new Error(
					`${page}:${step.line}: ${(error as Error).message}${said}`,
					{ cause: error },
				);
			}
		}
		await this.#stopAll(page);
	}

	async #do(step: PageStep): Promise<void> {
		if (step.kind === "command" && step.needs !== undefined) {
			const server = this.#servers[step.needs];
			assert.ok(server, `there is no server for "${step.needs}"`);
			if (server.real === undefined) {
				return;
			}
		}
		if (step.kind === "file") {
			const path = join(this.#folder, step.name);
			await mkdir(dirname(path), { recursive: true });
			await writeFile(path, this.#real(step.text));
			this.#isChanged = true;
		} else if (serverCommand.test(step.command)) {
			await this.#serve(step);
		} else {
			if (this.#isChanged && this.#server !== undefined) {
				await this.#serve({ ...this.#server.step, output: "" });
			}
			await (liveCommand.test(step.command)
				? this.#follow(step)
				: this.#command(step));
		}
	}

	async #serve(step: CommandStep): Promise<void> {
		await this.#stopServer();
		this.#isChanged = false;
		this.#server = this.#spawn(step);
		await this.#printed(
			this.#server,
			step.output || "…Vivace is listening on …",
		);
	}

	async #follow(step: CommandStep): Promise<void> {
		const process = this.#spawn(step);
		this.#followed.push(process);
		await this.#printed(process, step.output.split("\n")[0] ?? "");
	}

	async #command(step: CommandStep): Promise<void> {
		const variables = join(this.#folder, ".runner/variables");
		const script = `. ${variables}; set -a\n${this.#real(step.command)}\nstatus=$?; set +a; export -p > ${variables}; exit $status`;
		const { stdout, stderr, code } = await promisify(execFile)(
			"sh",
			["-c", script],
			{
				cwd: this.#folder,
				env: this.#environment,
				timeout: patienceMs,
			},
		).then(
			(result) => ({ ...result, code: 0 }),
			(error) => error as { stdout: string; stderr: string; code: number },
		);
		const printed = this.#shown(stdout + stderr);
		assert.ok(
			isShown(step.output, printed) && (code === 0 || step.output !== ""),
			`$ ${step.command}\nprints (exit code ${code}):\n${printed}\nand the page shows:\n${step.output}`,
		);
	}

	#spawn(step: CommandStep): LongProcess {
		const variables = join(this.#folder, ".runner/variables");
		const assignments = /^(?:[A-Z_]+=\S+ )*/.exec(step.command)?.[0] ?? "";
		const own = step.command.slice(assignments.length);
		const isCommand = own.startsWith("npx vivace");
		const command =
			this.#real(own) + (isCommand ? ` --port ${this.#port}` : "");
		const child = spawn(
			"sh",
			[
				"-c",
				`. ${variables}; ${assignments === "" ? "" : `export ${assignments};`} exec ${command}`,
			],
			{
				cwd: this.#folder,
				env: this.#environment,
				stdio: ["ignore", "pipe", "pipe"],
			},
		);
		const process: LongProcess = { child, step, output: "" };
		for (const stream of [child.stdout, child.stderr]) {
			stream.on("data", (chunk) => {
				process.output += this.#shown(String(chunk));
				child.emit("printed");
			});
		}
		return process;
	}

	/** Resolves when a process has printed these lines. */
	async #printed(process: LongProcess, lines: string): Promise<void> {
		const { child } = process;
		const signal = AbortSignal.timeout(patienceMs);
		while (!hasLines(lines, process.output)) {
			const isOver = child.exitCode !== null || signal.aborted;
			assert.ok(
				!isOver,
				`$ ${process.step.command}\nprints:\n${process.output}\nand the page shows:\n${lines}`,
			);
			await Promise.race([
				once(child, "printed", { signal }),
				once(child, "close", { signal }),
			]).catch(() => {});
		}
	}

	async #stopAll(page: string): Promise<void> {
		for (const process of this.#followed.splice(0)) {
			await this.#printed(process, process.step.output);
			await ended(process.child);
		}
		const code = await this.#stopServer();
		assert.ok(
			code === undefined || code === 0,
			`${page}: the server ended with ${code}`,
		);
	}

	async #stopServer(): Promise<number | null | undefined> {
		const server = this.#server;
		this.#server = undefined;
		return server === undefined ? undefined : await ended(server.child);
	}

	/** A command with the port that is free here. */
	#real(command: string): string {
		return Object.values(this.#servers)
			.reduce(
				(text, { shown, real = shown }) => text.replaceAll(shown, real),
				command,
			)
			.replaceAll(/\bnpx vivace\b/g, "vivace")
			.replaceAll(`localhost:${shownPort}`, `127.0.0.1:${this.#port}`)
			.replaceAll(`127.0.0.1:${shownPort}`, `127.0.0.1:${this.#port}`);
	}

	#shown(output: string): string {
		return output
			.replaceAll(this.#folder, "/shop")
			.replaceAll(`:${this.#port}`, `:${shownPort}`);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const { child } of this.#followed) {
			child.kill("SIGKILL");
		}
		await this.#stopServer();
		await rm(this.#folder, { recursive: true });
	}
}

async function ended(child: ChildProcess): Promise<number | null> {
	if (child.exitCode === null && child.signalCode === null) {
		const end = once(child, "exit");
		child.kill("SIGTERM");
		await end;
	}
	return child.exitCode;
}
