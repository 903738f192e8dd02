/**
 * Holds all documents of ours against the tools that others read them with: validators, linters and two generators of clients, whose
 * output is compiled strictly; a client of each calls a running chat-history. Ends with 1 when anything is wrong.
 *
 * The tools have a lock file of their own, outside the workspace; they are installed first.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OpenApiDocument } from "vivace";

const root = join(import.meta.dirname, "../..");
const output = join(import.meta.dirname, "dist");
let failures = 0;

run(join(root, "scripts/install.mjs"), import.meta.dirname);
const { allDocuments, chatHistory } = await import("./documents.ts");
const documents = await allDocuments();
console.log(`${documents.size} documents`);
await judge(documents);
await generate(documents);
if (failures === 0) {
	for (const project of [".", "clients"]) {
		run(join(root, "node_modules/typescript/bin/tsc"), "-p", project);
	}
	console.log("compiled: what the generators wrote");
	await call();
}
process.exit(failures === 0 ? 0 : 1); // a schema library of an example may hold the process

async function judge(all: ReadonlyMap<string, OpenApiDocument>): Promise<void> {
	const { allJudges } = await import("./judges.ts");
	for (const [tool, findings] of Object.entries(await allJudges())) {
		for (const [name, document] of all) {
			report(tool, name, await findings(structuredClone(document)));
		}
		console.log(`judged: by ${tool}`);
	}
}

async function generate(
	all: ReadonlyMap<string, OpenApiDocument>,
): Promise<void> {
	const { allGenerators } = await import("./generators.ts");
	rmSync(output, { recursive: true, force: true });
	for (const [tool, write] of Object.entries(allGenerators)) {
		for (const [name, document] of all) {
			try {
				await write(structuredClone(document), join(output, name));
			} catch (error) {
				report(tool, name, [String(error)]);
			}
		}
		console.log(`generated: by ${tool}`);
	}
}

/** Both clients against the service, on a free port and a database of its own. */
async function call(): Promise<void> {
	const { serve } = await import("vivace");
	// by its path, for it is compiled with the types of browsers, as its users' programs are
	const calls = join(import.meta.dirname, "clients/chat-history.ts");
	const { callChatHistory } = await import(calls);
	const folder = mkdtempSync(join(tmpdir(), "vivace-clients-"));
	const log = { info() {}, warn() {}, error: console.error };
	const app = chatHistory(join(folder, "chat.db"));
	const server = await serve(app, { port: 0, signals: false, log });
	try {
		await callChatHistory(server.url);
		console.log("called: chat-history, with both clients");
	} finally {
		await server.close();
		rmSync(folder, { recursive: true });
	}
}

function report(tool: string, name: string, findings: readonly string[]): void {
	for (const finding of findings) {
		failures += 1;
		console.error(`${name}: ${tool}: ${finding}`);
	}
}

/** Runs a program of Node here, to its end. */
function run(...command: readonly string[]): void {
	const { status } = spawnSync(process.execPath, command, {
		cwd: import.meta.dirname,
		stdio: "inherit",
	});
	if (status !== 0) {
		process.exit(1); // it has said why
	}
}
