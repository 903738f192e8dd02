// Installs what a folder's lock file names if its node_modules lacks any of it: `node scripts/install.mjs [folder]`, by default the
// workspace. Plain JavaScript for any Node ≥ 18: it runs before our own Node is there. Does nothing, quietly, when all is in place.
import { spawnSync } from "node:child_process";
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

const workspace = fileURLToPath(new URL("..", import.meta.url));
const root = process.argv[2] ?? workspace;
const isWindows = process.platform === "win32";

if (!isInstalled()) {
	const release = await lock(join(root, ".install.lock"));
	try {
		if (!isInstalled()) {
			install(); // another one may have done it while we waited
		}
	} finally {
		release();
	}
}

/** Whether every package of the lock file is in node_modules, in its version. */
function isInstalled() {
	const wanted = readPackages("package-lock.json");
	const present = readPackages("node_modules/.package-lock.json");
	if (wanted === undefined || present === undefined) {
		return false;
	}
	if (!hasOwnNode() || !hasDocsAssets()) {
		return false;
	}
	return Object.entries(wanted).every(([path, entry]) => {
		if (!path.includes("node_modules/")) {
			return true; // the root and the workspaces themselves
		}
		const found = present[path];
		// an optional package may be for another platform
		if (found === undefined) {
			return entry.optional || entry.peer;
		}
		return (
			found.version === entry.version && found.integrity === entry.integrity
		);
	});
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

function install() {
	const command = existsSync(join(root, "package-lock.json"))
		? "ci"
		: "install";
	console.log(`Installing the dependencies (npm ${command}) …`);
	const options = [command, "--no-audit", "--no-fund", "--loglevel=error"];
	const { status, error } = runNpm(options);
	if (error) {
		fail(`npm could not be run: ${error.message}`);
	}
	if (status !== 0) {
		fail(`npm ${command} ended with ${status}; its message stands above.`);
	}
	if (!hasOwnNode()) {
		fail(
			'the package "node" has no program: its install script was not run. Allow it (npm config "ignore-scripts") and try again.',
		);
	}
}

function runNpm(options) {
	// npm tells its scripts where it is; started by hand we look for it on the path
	const npm = process.env.npm_execpath;
	const settings = { cwd: root, stdio: ["ignore", "ignore", "inherit"] };
	return npm?.endsWith("npm-cli.js")
		? spawnSync(process.execPath, [npm, ...options], settings)
		: spawnSync("npm", options, { ...settings, shell: isWindows });
}

/** Waits until no other process has the lock, then takes it; gives the function that releases it. */
async function lock(file) {
	for (;;) {
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
