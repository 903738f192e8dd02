import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const templatesFolder = fileURLToPath(new URL("templates/", import.meta.url));

/** The templates, each with a line for people. */
export const templates = {
	minimal: "one route, its test",
	sqlite: "notes in an embedded database: pages, migrations, settings",
	postgres: "the same on PostgreSQL, through a pool",
};

/** Why a project can't be made; the message says what to do. */
export class ScaffoldError extends Error {}

/**
 * Writes a new project.
 *
 * @param {string} folder where; it must not be there yet, or be empty but for what an editor or Git keeps
 * @param {keyof typeof templates} template
 * @param {string} version of Vivace that it gets
 * @returns {{ name: string, files: string[] }} the name in its package.json, and the paths of its files, sorted
 * @throws ScaffoldError when the folder has files, or no name for a package can be made of its own
 */
export function scaffold(folder, template, version) {
	const target = resolve(folder);
	assertFree(target, folder);
	const texts = new Map();
	for (const part of partsOf(template)) {
		for (const [path, text] of readTemplate(join(templatesFolder, part))) {
			texts.set(path, text);
		}
	}
	const name = packageName(basename(target), texts.get("package.json"));
	const files = [...texts.keys()].sort();
	makeFolder(target, folder);
	for (const path of files) {
		const file = join(target, path);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, filledIn(texts.get(path), { name, version }));
	}
	return { name, files };
}

/** The parts of each template; a later part goes before an earlier one. */
function partsOf(template) {
	return template === "postgres"
		? ["shared", "sqlite", "postgres"]
		: ["shared", template];
}

/** Does not count: Git's and editors' folders, the system's notes. */
const harmless = /^(?:\.git|\.vscode|\.idea|\.DS_Store|Thumbs\.db)$/;

function makeFolder(target, folder) {
	try {
		mkdirSync(target, { recursive: true });
	} catch (error) {
		throw new ScaffoldError(
			`the folder "${folder}" can't be made (${error.code}); name one below a folder in which you may write.`,
		);
	}
}

function assertFree(target, folder) {
	if (target.split(sep).includes("node_modules")) {
		throw new ScaffoldError(
			`"${folder}" is in a folder node_modules, where Node runs no TypeScript; name another one.`,
		);
	}
	if (!existsSync(target)) {
		return;
	}
	if (!statSync(target).isDirectory()) {
		throw new ScaffoldError(
			`"${folder}" is a file; name a folder that is not there yet.`,
		);
	}
	const found = readdirSync(target).filter((name) => !harmless.test(name));
	if (found.length > 0) {
		const more = found.length > 3 ? ` and ${found.length - 3} more` : "";
		throw new ScaffoldError(
			`"${folder}" has files already (${found.slice(0, 3).join(", ")}${more}); name a folder that is empty or not there yet.`,
		);
	}
}

/** As long as npm takes it. */
const longestName = 214;

function packageName(folder, manifest) {
	const name = folder
		.toLowerCase()
		.replaceAll(/[^a-z0-9._-]+/g, "-")
		.slice(0, longestName - "-app".length)
		.replaceAll(/^[-._]+|[-._]+$/g, "");
	if (name === "") {
		throw new ScaffoldError(
			`no name for a package can be made of "${folder}"; take a folder with a letter or a digit in its name.`,
		);
	}
	const { dependencies, devDependencies } = JSON.parse(manifest);
	// npm installs no package into one of its name, and takes no such name as the last
	const isTaken =
		Object.hasOwn({ ...dependencies, ...devDependencies }, name) ||
		name === "favicon.ico";
	return isTaken ? `${name}-app` : name;
}

// npm leaves files with these names out of packages, or renames them
const storedNames = new Map([
	["gitignore", ".gitignore"],
	["dockerignore", ".dockerignore"],
	["editorconfig", ".editorconfig"],
	["env.example", ".env.example"],
	["vscode", ".vscode"],
	["package.template.json", "package.json"],
	["tsconfig.template.json", "tsconfig.json"],
	["biome.template.json", "biome.json"],
]);

function* readTemplate(folder, prefix = "") {
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		const name = storedNames.get(entry.name) ?? entry.name;
		const path = join(folder, entry.name);
		if (entry.isDirectory()) {
			yield* readTemplate(path, `${prefix}${name}/`);
		} else {
			yield [`${prefix}${name}`, readFileSync(path, "utf8")];
		}
	}
}

function filledIn(text, values) {
	return text.replaceAll(/\{\{(name|version)\}\}/g, (_, key) => values[key]);
}
