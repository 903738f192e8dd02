/**
 * Installs what a folder's lock file names if its node_modules lacks any of it: `node scripts/install.mjs [folder]`, by default the
 * workspace. With `--for apps/chat-history` only what that part of the workspace needs to run. Plain JavaScript for any Node ≥ 18.3: it
 * runs before our own Node is there. Does nothing, quietly, when all is in place, and takes nothing away that is there already.
 */
import { spawn } from "node:child_process";
import {
	existsSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** Optional dependencies of a part that are heavy, and the variable without which nobody needs them. */
const neededWith = {
	"apps/chat-history": { redis: "REDIS_URL" }, // 15 MB
};

const { values, positionals } = parseArgs({
	options: { for: { type: "string" } },
	allowPositionals: true,
});
const workspace = fileURLToPath(new URL("..", import.meta.url));
const root = positionals[0] ?? workspace;
const part = values.for;
const optional = part === undefined ? [] : neededOptional(part);
const isWindows = process.platform === "win32";

if (!isInstalled()) {
	const release = await lock(join(root, ".install.lock"));
	try {
		if (!isInstalled()) {
			await install(); // another one may have done it while we waited
		}
	} finally {
		release();
	}
}

/** The optional dependencies of a part whose variable is set, in the environment or in the file of settings. */
function neededOptional(folder) {
	const file = join(root, folder, "env_config/.env.local");
	const text = existsSync(file) ? readFileSync(file, "utf8") : "";
	return Object.entries(neededWith[folder] ?? {})
		.filter(
			([, variable]) =>
				process.env[variable] ||
				new RegExp(`^\\s*(?:export\\s+)?${variable}\\s*=\\s*\\S`, "m").test(
					text,
				),
		)
		.map(([name]) => name);
}

/** Whether every package that is wanted is in node_modules, in its version. */
function isInstalled() {
	const locked = readPackages("package-lock.json");
	const present = readPackages("node_modules/.package-lock.json");
	if (locked === undefined || present === undefined) {
		return false;
	}
	if (!hasOwnNode() || !hasDocsAssets()) {
		return false;
	}
	if (part !== undefined && locked[part] === undefined) {
		fail(`the workspace has no ${part}.`);
	}
	const wanted =
		part === undefined ? Object.keys(locked) : pathsFor(part, locked);
	return wanted.every((path) => {
		if (!path.includes("node_modules/")) {
			return true; // the root and the workspaces themselves
		}
		const entry = locked[path];
		const found = present[path];
		// an optional package may be for another platform
		if (found === undefined) {
			return part === undefined && (entry.optional || entry.peer);
		}
		return (
			found.version === entry.version && found.integrity === entry.integrity
		);
	});
}

/** The places of the packages without which a part does not run, as Node finds them. */
function pathsFor(folder, locked, found = []) {
	const { dependencies, peerDependencies, peerDependenciesMeta } =
		locked[folder];
	const peers = Object.keys(peerDependencies ?? {}).filter(
		(name) => !peerDependenciesMeta?.[name]?.optional,
	);
	const own = folder === part ? optional : [];
	for (const name of [...Object.keys(dependencies ?? {}), ...peers, ...own]) {
		const path = resolvePackage(folder, name, locked);
		if (path !== undefined && !found.includes(path)) {
			found.push(path);
			const entry = locked[path];
			pathsFor(entry.link ? entry.resolved : path, locked, found);
		}
	}
	return found;
}

/** The nearest `node_modules` that has it. */
function resolvePackage(folder, name, locked) {
	for (let place = folder; ; place = place.replace(/(?:^|\/)[^/]+$/, "")) {
		const path = place === "" ? "" : `${place}/`;
		if (locked[`${path}node_modules/${name}`] !== undefined) {
			return `${path}node_modules/${name}`;
		}
		if (place === "") {
			return undefined; // a peer that npm leaves out
		}
	}
}

function readPackages(file) {
	try {
		return JSON.parse(readFileSync(join(root, file), "utf8")).packages;
	} catch {
		return undefined; // missing or cut short: an install writes it anew
	}
}

/** Whether the program of the package "node" is there, which the workspace runs on. */
function hasOwnNode() {
	if (root !== workspace) {
		return true;
	}
	const program = isWindows ? "node.cmd" : "node";
	return existsSync(join(root, "node_modules/.bin", program));
}

/** Whether the step after the last install (`scripts/docs-assets.ts`) has done its work. */
function hasDocsAssets() {
	const assets = join(workspace, "packages/vivace/src/docs/assets");
	return root !== workspace || existsSync(assets);
}

async function install() {
	const options = npmOptions();
	console.log(`Installing ${part ?? "the dependencies"} (npm ${options[0]}) …`);
	const { status, error } = await runNpm([
		...options,
		...["--no-audit", "--no-fund", "--loglevel=http"],
	]);
	if (error) {
		fail(`npm could not be run: ${error.message}`);
	}
	if (status !== 0) {
		fail(`npm ${options[0]} ended with ${status}; its message stands above.`);
	}
	if (!hasOwnNode()) {
		fail(
			'the package "node" has no program: its install script was not run. Allow it (npm config "ignore-scripts") and try again.',
		);
	}
	dropCopyOfNode();
}

/** The command and its options: `ci` clears the folder first, so it is for who has none. */
function npmOptions() {
	const present = readPackages("node_modules/.package-lock.json");
	const hasLock = existsSync(join(root, "package-lock.json"));
	const command =
		present === undefined && hasLock ? ["ci"] : ["install", "--no-save"];
	if (part === undefined) {
		return command;
	}
	// npm takes away an optional package that is left out
	const isOptionalThere = Object.keys(neededWith[part] ?? {}).some(
		(name) => present?.[`node_modules/${name}`] !== undefined,
	);
	const omitted =
		optional.length > 0 || isOptionalThere
			? ["--omit=dev"]
			: ["--omit=dev", "--omit=optional"];
	return [...command, "--workspace", part, ...omitted];
}

/** The package "node" fetches another, links its program and leaves it: 67 MB of headers. */
function dropCopyOfNode() {
	if (root === workspace) {
		rmSync(join(root, "node_modules/node/node_modules"), {
			recursive: true,
			force: true,
		});
	}
}

async function runNpm(options) {
	// npm tells its scripts where it is; started by hand we look for it on the path
	const npm = process.env.npm_execpath;
	const settings = { cwd: root, stdio: ["ignore", "ignore", "pipe"] };
	const child = npm?.endsWith("npm-cli.js")
		? spawn(process.execPath, [npm, ...options], settings)
		: spawn("npm", options, { ...settings, shell: isWindows });
	const progress = showProgress();
	child.stderr.setEncoding("utf8");
	let rest = "";
	child.stderr.on("data", (chunk) => {
		const lines = (rest + chunk).split("\n");
		rest = lines.pop();
		lines.forEach(progress.read);
	});
	return new Promise((resolve) => {
		const end = (result) => {
			if (rest !== "") {
				progress.read(rest);
			}
			progress.end(result.status === 0);
			resolve(result);
		};
		child.on("error", (error) => end({ error }));
		child.on("close", (status) => end({ status }));
	});
}

/** Tells how far npm is, by what it says at `--loglevel=http`: on a terminal in one line, elsewhere every ten seconds. */
function showProgress() {
	const start = Date.now();
	const isTerminal = process.stderr.isTTY === true;
	let packages = 0;
	const seconds = () => `${Math.round((Date.now() - start) / 1000)} s`;
	const tell = () => {
		const last = root === workspace ? "; Node, the largest, comes last" : "";
		const text = `  ${packages} packages fetched, ${seconds()}${last}`;
		process.stderr.write(isTerminal ? `\r${text}` : `${text}\n`);
	};
	const timer = setInterval(tell, isTerminal ? 200 : 10_000);
	const clear = () => isTerminal && process.stderr.write("\r\u001b[K");
	return {
		read(line) {
			if (/^npm http .*\.tgz/.test(line)) {
				packages += 1;
			} else if (!/^npm (?:http|warn|notice|info|verbose)\b/.test(line)) {
				clear();
				process.stderr.write(`${line}\n`); // an error
			}
		},
		end(isWell) {
			clearInterval(timer);
			clear();
			if (isWell) {
				console.log(`Installed in ${seconds()}.`);
			}
		},
	};
}

/** Waits until no other process has the lock, then takes it; gives the function that releases it. */
async function lock(file) {
	for (let tries = 0; ; tries += 1) {
		try {
			writeFileSync(file, String(process.pid), { flag: "wx" });
			return () => rmSync(file, { force: true });
		} catch (error) {
			if (error.code !== "EEXIST") {
				fail(`${file} could not be written: ${error.message}`);
			}
		}
		if (isAbandoned(file)) {
			discard(file);
		} else {
			if (tries === 0) {
				console.log("Another process is installing; waiting for it …");
			}
			await wait(100);
		}
	}
}

function isAbandoned(file) {
	try {
		process.kill(Number(readFileSync(file, "utf8")) || process.pid, 0);
		return false;
	} catch (error) {
		return error.code === "ESRCH"; // its owner is gone; gone itself, or another user's, is not abandoned
	}
}

function discard(file) {
	const mine = `${file}.${process.pid}`; // a rename has one winner
	try {
		renameSync(file, mine);
		rmSync(mine);
	} catch {
		// another process was faster
	}
}

function fail(message) {
	console.error(`install: ${message}`);
	process.exit(1);
}
