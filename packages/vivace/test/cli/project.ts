import {
	mkdir,
	mkdtemp,
	readFile,
	rm,
	symlink,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));
const zodFolder = dirname(
	fileURLToPath(import.meta.resolve("zod/package.json")),
);

/** A folder with a program in it that imports this package by its name. */
export class Project implements AsyncDisposable {
	readonly folder: string;

	private constructor(folder: string) {
		this.folder = folder;
	}

	static async make(files: Readonly<Record<string, string>>): Promise<Project> {
		const project = new Project(await mkdtemp(join(tmpdir(), "vivace-cli-")));
		await project.write("package.json", '{ "type": "module" }');
		const packages = project.path("node_modules");
		await mkdir(packages);
		await symlink(packageFolder, join(packages, "vivace"), "junction");
		await symlink(zodFolder, join(packages, "zod"), "junction");
		for (const [name, text] of Object.entries(files)) {
			await project.write(name, text);
		}
		return project;
	}

	path(name: string): string {
		return join(this.folder, name);
	}

	async write(name: string, text: string): Promise<void> {
		await mkdir(dirname(this.path(name)), { recursive: true });
		await writeFile(this.path(name), text);
	}

	/** The lines of a file; none if it is not there. */
	async lines(name: string): Promise<string[]> {
		const text = await readFile(this.path(name), "utf8").catch(() => "");
		return text.split("\n").filter((line) => line !== "");
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await rm(this.folder, { recursive: true });
	}
}
