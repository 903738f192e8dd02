import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { ServerProcess, ServerProgram } from "../shared/server-process.ts";
import type { ChatDatabase, EngineName } from "./engines.ts";

const folder = import.meta.dirname;
const python = "/usr/bin/python3"; // Debian's, which sees Debian's packages
const pythonModules = [
	"fastapi",
	"uvicorn",
	"uvloop",
	"httptools",
	"aiomysql",
	"asyncpg",
];

/** One server on one engine. */
export interface Contender {
	readonly name: ServerName;
	readonly engine: EngineName;
	readonly server: ServerProcess;
	readonly database: ChatDatabase;
	/** Messages that it has said to have stored. */
	acknowledged: number;
}

interface Server {
	readonly engines: readonly EngineName[];
	/** Why it can't run here; asked only if it is wanted. */
	missing(): string | undefined;
	run(port: number): ServerProgram["run"];
}

/** The servers that are measured. */
export const servers: Readonly<Record<ServerName, Server>> = {
	vivace: onNode("chat-history/main"),
	fastify: onNode("fastify"),
	express: onNode("express"),
	original: {
		engines: ["mariadb", "postgres"],
		missing: missingPython,
		run: uvicorn,
	},
};

export type ServerName = "vivace" | "fastify" | "express" | "original";

function onNode(file: string): Server {
	return {
		engines: ["mariadb", "postgres", "sqlite"],
		missing: () => undefined,
		run: () => join(folder, `dist/${file}.js`),
	};
}

function missingPython(): string | undefined {
	const script = `import ${pythonModules.join(", ")}`;
	const { status } = spawnSync(python, ["-c", script], { stdio: "ignore" });
	if (status === 0) {
		return undefined;
	}
	const packages = pythonModules.map((name) => `python3-${name}`).join(" ");
	return `apt-get install --no-install-recommends ${packages}`;
}

/** One process, as fast as uvicorn can be: its access log is off. */
function uvicorn(port: number): ServerProgram["run"] {
	const options = {
		"app-dir": join(folder, "servers"),
		port: String(port),
		loop: "uvloop",
		http: "httptools",
		"log-level": "warning",
	};
	return [
		python,
		"-m",
		"uvicorn",
		"original:app",
		"--no-access-log",
		...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
	];
}
