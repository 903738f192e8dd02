import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "./program.ts";

const folder = import.meta.dirname;
const versionsOfPython =
	"import fastapi, starlette, uvicorn; print(f'fastapi {fastapi.__version__}, starlette {starlette.__version__}, uvicorn {uvicorn.__version__}')";

/** A framework whose programs stand in `peers/<name>`. */
export interface Peer {
	readonly name: string;
	readonly title: string;
	/** The installed version, for the table's head; `undefined` if there is none. */
	readonly version: string | undefined;
	/** Parts of the rows that would show nothing but how its program here was written, for it has no such thing. */
	readonly lacks: readonly string[];
	/** How one of its programs is started; `undefined` if it has no such program. */
	command(program: string): Command | undefined;
}

export const peers: readonly Peer[] = [
	nodePeer("vivace", "Vivace", [], { from: "peers" }),
	fastApi(),
	nodePeer("fastify", "Fastify", ["fastify", "close-with-grace"]),
	nodePeer("nest", "NestJS", ["@nestjs/core", "@nestjs/platform-express"]),
	nodePeer("hono", "Hono", ["hono", "@hono/node-server"], {
		lacks: ["two independent", "half-way", "reverse order", "a release that"],
	}),
	nodePeer("elysia", "Elysia", ["elysia", "@elysiajs/node"]),
	nodePeer("effect", "Effect", ["effect", "@effect/platform-node"]),
];

interface NodePeerOptions {
	readonly from?: "peers" | "dist";
	readonly lacks?: readonly string[];
}

/** Programs of peers are compiled to `dist`; ours run from their source, against the workspace's own package. */
function nodePeer(
	name: string,
	title: string,
	packages: readonly string[],
	{ from = "dist", lacks = [] }: NodePeerOptions = {},
): Peer {
	return {
		name,
		title,
		lacks,
		get version() {
			if (packages.length === 0) {
				return "as it is here";
			}
			const versions = packages.map(packageVersion);
			return versions.includes(undefined) ? undefined : versions.join(", ");
		},
		command(program) {
			const path = join(folder, from, name, program);
			const file = from === "dist" ? `${path}.js` : `${path}.ts`;
			if (!existsSync(file)) {
				return undefined;
			}
			return { file: process.execPath, args: () => [file] };
		},
	};
}

function packageVersion(name: string): string | undefined {
	const path = join(folder, "node_modules", name, "package.json");
	if (!existsSync(path)) {
		return undefined;
	}
	return `${name} ${JSON.parse(readFileSync(path, "utf8")).version}`;
}

/** FastAPI is looked for in the system's Python, then in the one on the path. */
function fastApi(): Peer {
	const found = ["/usr/bin/python3", "python3"].flatMap((python) => {
		const { status, stdout } = spawnSync(python, ["-c", versionsOfPython], {
			encoding: "utf8",
		});
		return status === 0 ? [{ python, version: stdout.trim() }] : [];
	})[0];
	const programs = join(folder, "peers/fastapi");
	return {
		name: "fastapi",
		title: "FastAPI",
		lacks: [],
		version: found?.version,
		command(program) {
			const module = program.replace("-", "_");
			if (!found || !existsSync(join(programs, `${module}.py`))) {
				return undefined;
			}
			const args = (port: number) =>
				["-m", "uvicorn", `${module}:app`, "--port", String(port)].concat([
					"--app-dir",
					programs,
				]);
			return { file: found.python, args };
		},
	};
}
