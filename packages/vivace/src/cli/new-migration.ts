import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";

/** Options of `vivace db new`. */
export interface NewMigrationOptions {
	/** The folder of the migrations. */
	readonly folder: string;
}

/**
 * Writes the file of a new migration, and the list of all in its folder, which a program imports: nothing is searched at run time, and a bundler
 * finds each. The name begins with the time, so that those of two branches have an order.
 */
export async function newMigration(
	words: string,
	{ folder }: NewMigrationOptions,
	now: Date = new Date(),
): Promise<number> {
	const name = words
		.trim()
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, "_")
		.replaceAll(/^_|_$/g, "");
	if (name === "") {
		throw new CommandError(
			`a migration needs a name of letters and digits, not ${JSON.stringify(words)}: vivace db new add_email`,
		);
	}
	const time = now.toISOString().replaceAll(/\D/g, "").slice(0, 14);
	const file = join(folder, `${time}_${name}.ts`);
	if (existsSync(file)) {
		throw new CommandError(`${file} is there already`);
	}
	mkdirSync(folder, { recursive: true });
	writeFileSync(file, emptyMigration);
	const list = writeList(folder);
	await print(
		`wrote ${file}, and ${list}, which lists all: import { migrations } from it`,
	);
	return 0;
}

const emptyMigration = `import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
	await db.schema.alterTable("…").addColumn("…", "text").execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
	await db.schema.alterTable("…").dropColumn("…").execute();
}
`;

/** The names of migrations begin with a number or a time. */
const migrationFile = /^(\d+_\w+)\.ts$/;

function writeList(folder: string): string {
	const list = join(folder, "index.ts");
	const names = readdirSync(folder)
		.map((file) => migrationFile.exec(file)?.[1])
		.filter((name) => name !== undefined)
		.sort();
	const imports = names.map(
		(name, index) => `import * as m${index + 1} from "./${name}.ts";`,
	);
	const entries = names.map((name, index) => `\t"${name}": m${index + 1},`);
	writeFileSync(
		list,
		`// Written by \`vivace db new\` from the files beside it.
import type { Migrations } from "vivace/database";
${imports.join("\n")}

export const migrations: Migrations = {
${entries.join("\n")}
};
`,
	);
	return list;
}
