import { spawn } from "node:child_process";
import { chmod, chown, cp, mkdir, writeFile } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { run, withoutNpm } from "../published.ts";

/** The steps of a Dockerfile, carried out on this machine: its folders stand in one folder, and its user is nobody. */
export interface Container {
	/** Starts `CMD` in the last stage, with further variables. */
	start(variables: Readonly<Record<string, string>>): ReturnType<typeof spawn>;
	/** Runs the command of `HEALTHCHECK` as often as it takes, and gives its exit code. */
	health(variables: Readonly<Record<string, string>>): Promise<number>;
	/** The folder of a path in the last stage. */
	path(inside: string): string;
}

interface Stage {
	readonly root: string;
	workdir: string;
	env: Record<string, string>;
	user: string | undefined;
	cmd: readonly string[];
	healthcheck: readonly string[];
}

/** Does the steps of a project's Dockerfile below `folder`. A step that is none of those that it knows is an error. */
export async function buildContainer(
	project: string,
	dockerfile: string,
	folder: string,
): Promise<Container> {
	const stages = new Map<string, Stage>();
	let stage: Stage | undefined;
	for (const [instruction, rest] of instructionsOf(dockerfile)) {
		if (instruction === "FROM") {
			const [, name = "last"] = / AS (\w+)$/.exec(rest) ?? [];
			stage = newStage(join(folder, name));
			stages.set(name, stage);
		} else if (stage === undefined) {
			throw new Error(`${instruction} comes before FROM`);
		} else {
			await steps[instruction]?.(stage, rest, { project, stages, folder });
			if (!Object.hasOwn(steps, instruction)) {
				throw new Error(`nobody knows ${instruction} here`);
			}
		}
	}
	return containerOf(stage as Stage);
}

function newStage(root: string): Stage {
	return {
		root,
		workdir: root,
		env: {},
		user: undefined,
		cmd: [],
		healthcheck: [],
	};
}

/** The instructions, whose lines may go on. */
function instructionsOf(text: string): [instruction: string, rest: string][] {
	return text
		.replaceAll(/^#.*\n/gm, "")
		.replaceAll(/\\\n\s*/g, "")
		.split("\n")
		.filter((line) => line !== "")
		.map((line) => {
			const [, instruction = "", rest = ""] = /^(\w+) (.*)$/.exec(line) ?? [];
			return [instruction, rest];
		});
}

interface Surroundings {
	readonly project: string;
	readonly stages: ReadonlyMap<string, Stage>;
	readonly folder: string;
}

type Step = (
	stage: Stage,
	rest: string,
	surroundings: Surroundings,
) => Promise<void> | void;

const steps: Readonly<Record<string, Step>> = {
	async WORKDIR(stage, rest) {
		stage.workdir = join(stage.root, rest);
		await mkdir(stage.workdir, { recursive: true });
	},
	ENV(stage, rest) {
		for (const pair of rest.split(" ")) {
			const [name = "", value = ""] = pair.split("=");
			stage.env[name] = value;
		}
	},
	async RUN(stage, rest, { folder }) {
		const bin = join(folder, "bin");
		await mkdir(bin, { recursive: true });
		// this machine has no user "node"
		await writeFile(join(bin, "chown"), `#!/bin/sh\nexec ${ownership} "$2"\n`);
		await chmod(join(bin, "chown"), 0o755);
		await run("/bin/sh", ["-c", rest], {
			cwd: stage.workdir,
			env: environmentOf(stage, bin),
		});
	},
	async COPY(stage, rest, { project, stages }) {
		const words = rest.split(" ");
		const [, name] = /^--from=(\w+)$/.exec(words[0] ?? "") ?? [];
		const from = name === undefined ? project : stages.get(name)?.root;
		const paths = name === undefined ? words : words.slice(1);
		const target = join(stage.workdir, paths.at(-1) ?? "");
		for (const path of paths.slice(0, -1)) {
			const isOptional = path.endsWith("*");
			const source = join(from ?? "", path.replace(/\*$/, ""));
			const isFolder = rest.endsWith("/");
			await cp(source, isFolder ? join(target, basename(source)) : target, {
				recursive: true,
			}).catch((error: NodeJS.ErrnoException) => {
				if (!isOptional || error.code !== "ENOENT") {
					throw error;
				}
			});
		}
	},
	USER(stage, rest) {
		stage.user = rest;
	},
	EXPOSE() {}, // says something, and does nothing
	CMD(stage, rest) {
		stage.cmd = JSON.parse(rest);
	},
	HEALTHCHECK(stage, rest) {
		stage.healthcheck = JSON.parse(rest.replace(/^.*?CMD /, ""));
	},
};

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;
const ownership = isRoot ? `/bin/chown ${nobody}:${nobody}` : "true";

function environmentOf(stage: Stage, bin = ""): NodeJS.ProcessEnv {
	const { PATH = "" } = process.env;
	const path = [bin, dirname(process.execPath), PATH].join(delimiter);
	return { ...withoutNpm(), ...stage.env, PATH: path };
}

function containerOf(stage: Stage): Container {
	const start = (
		[command = "", ...words]: readonly string[],
		variables: Readonly<Record<string, string>>,
	) => {
		const env = { ...environmentOf(stage), ...variables };
		const options = { cwd: stage.workdir, env };
		const asUser =
			isRoot && stage.user !== undefined ? { uid: nobody, gid: nobody } : {};
		return spawn(command, words, { ...options, ...asUser });
	};
	return {
		start: (variables) => start(stage.cmd, variables),
		async health(variables) {
			const child = start(stage.healthcheck, variables);
			return await new Promise((resolve) =>
				child.on("close", (code) => resolve(code ?? 1)),
			);
		},
		path: (inside) => join(stage.root, inside),
	};
}

/** Lets everybody look into the folder of a container: its user is not the one who made it. */
export async function openFolder(folder: string): Promise<void> {
	await chmod(folder, 0o755);
	if (isRoot) {
		await chown(folder, 0, 0);
	}
}
