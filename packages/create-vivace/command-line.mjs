import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { ScaffoldError, scaffold, templates } from "./scaffold.mjs";

const neededNode = 24;
const defaultFolder = "vivace-app";

const help = `Makes a new Vivace service.

Usage: npm create vivace@latest [folder] -- [options]

  --template <name>  ${Object.entries(templates)
		.map(([name, summary]) => `${name}: ${summary}`)
		.join("\n                     ")}
  --no-install       write the files, and install nothing
  -h, --help         print this help
  -v, --version      print the version

Without a folder or a template it asks, in a terminal; elsewhere it takes "${defaultFolder}" and "minimal".`;

/**
 * Does what the command line says.
 *
 * @param {readonly string[]} words what stands behind the command
 * @returns {Promise<number>} the exit code: 1 when no project could be made, 2 when the command line is wrong
 */
export async function runCommandLine(words) {
	let given;
	try {
		given = readWords(words);
	} catch (error) {
		console.error(`${error.message}\n\n${help}`);
		return 2;
	}
	if (given.help || given.version) {
		console.log(given.help ? help : ownVersion());
		return 0;
	}
	try {
		const { folder, template } = await complete(given);
		create(folder, template, given.install);
		return 0;
	} catch (error) {
		if (error instanceof ScaffoldError || "syscall" in error) {
			console.error(error.message);
			return 1;
		}
		throw error;
	}
}

function readWords(words) {
	const { values, positionals } = parseArgs({
		args: [...words],
		allowPositionals: true,
		options: {
			template: { type: "string", short: "t" },
			"no-install": { type: "boolean", default: false },
			help: { type: "boolean", short: "h", default: false },
			version: { type: "boolean", short: "v", default: false },
		},
	});
	const { template, help, version } = values;
	if (positionals.length > 1) {
		throw new Error(`One folder is enough: ${positionals.join(", ")}.`);
	}
	if (template !== undefined && !Object.hasOwn(templates, template)) {
		const names = Object.keys(templates).join(", ");
		throw new Error(`There is no template "${template}"; there are ${names}.`);
	}
	const install = !values["no-install"];
	return { folder: positionals[0], template, help, version, install };
}

/** Asks for what was not given, where there is somebody to ask. */
async function complete({ folder, template }) {
	if (!process.stdin.isTTY || !process.stdout.isTTY) {
		return {
			folder: folder ?? defaultFolder,
			template: template ?? "minimal",
		};
	}
	const terminal = createInterface({
		input: process.stdin,
		output: process.stdout,
	});
	try {
		return {
			folder: folder ?? (await askFolder(terminal)),
			template: template ?? (await askTemplate(terminal)),
		};
	} finally {
		terminal.close();
	}
}

async function askFolder(terminal) {
	const answer = await terminal.question(`Folder (${defaultFolder}): `);
	return answer.trim() || defaultFolder;
}

async function askTemplate(terminal) {
	const names = Object.keys(templates);
	for (const [index, name] of names.entries()) {
		console.log(`  ${index + 1}  ${name}: ${templates[name]}`);
	}
	for (;;) {
		const answer = (await terminal.question("Template (1): ")).trim() || "1";
		const name = names.includes(answer) ? answer : names[Number(answer) - 1];
		if (name !== undefined) {
			return name;
		}
		console.log(`Write a number from 1 to ${names.length}, or a name.`);
	}
}

function create(folder, template, wantsInstall) {
	const { name, files } = scaffold(folder, template, ownVersion());
	console.log(`${name}: ${files.length} files in ${folder}`);
	const manager = packageManager();
	const isInstalled = wantsInstall && install(folder, manager);
	const steps = [
		...(folder === "." ? [] : [`cd ${quoted(folder)}`]),
		...(isInstalled ? [] : [`${manager} install`]),
		...(template === "postgres"
			? [
					"docker compose up -d postgres, or another PostgreSQL",
					"cp .env.example .env",
					`${manager} run migrate`,
				]
			: []),
		`${manager} run dev`,
	];
	console.log(`\nNext:\n${steps.map((step) => `  ${step}`).join("\n")}`);
	console.log("\nThen open http://127.0.0.1:8000/docs");
	warnOfOldNode();
}

/** As a shell takes it. */
function quoted(folder) {
	return /^[\w./\\:@-]+$/.test(folder) ? folder : JSON.stringify(folder);
}

/** The one that has started this: npm, pnpm, yarn or bun. */
function packageManager() {
	const [name = ""] = (process.env.npm_config_user_agent ?? "").split("/", 1);
	return ["npm", "pnpm", "yarn", "bun"].includes(name) ? name : "npm";
}

function install(folder, manager) {
	const { status } = spawnSync(manager, ["install"], {
		cwd: folder,
		stdio: "inherit",
		shell: process.platform === "win32",
	});
	if (status !== 0) {
		console.error(
			`\n${manager} install failed; the files are there, try it again in ${folder}.`,
		);
	}
	return status === 0;
}

function warnOfOldNode() {
	const major = Number.parseInt(process.versions.node, 10);
	if (major < neededNode && process.versions.bun === undefined) {
		console.error(
			`\nVivace needs Node ${neededNode} or later; this is ${process.version}. Install one from https://nodejs.org, or with your version manager: nvm install ${neededNode}, fnm install ${neededNode}.`,
		);
	}
}

function ownVersion() {
	const file = new URL("package.json", import.meta.url);
	return JSON.parse(readFileSync(file, "utf8")).version;
}
