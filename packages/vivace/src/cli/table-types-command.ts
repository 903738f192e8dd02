import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { readTableTypes } from "../database/app-table-types.ts";
import { describeFailure } from "../server/lifecycle/failure-text.ts";
import { CommandError } from "./command-error.ts";
import type { DbOptions } from "./db-command.ts";
import { print } from "./print.ts";
import { seeApp } from "./seen-app.ts";

/** Options of `vivace db types`. */
export interface TableTypesOptions extends DbOptions {
	/** The file to be written; printed where there is none. */
	readonly out?: string;
	/** The name of the database, where an app has several. */
	readonly database?: string;
}

/** Writes the tables of an app's database as TypeScript, read from the live database. */
export async function tableTypesCommand(
	file: string | undefined,
	{ out, database, ...options }: TableTypesOptions,
): Promise<number> {
	const { resources } = await seeApp(file, options.app);
	const found = await readTableTypes(resources).catch((error: unknown) => {
		throw new CommandError(describeFailure(error), { cause: error });
	});
	const chosen = found.filter(
		({ name }) => database === undefined || name === database,
	);
	const [only, another] = chosen;
	if (only === undefined || another !== undefined) {
		const names = found.map(({ name }) => `"${name}"`).join(", ");
		throw new CommandError(
			found.length === 0
				? "the app has no database; write database(…)"
				: `the app has the databases ${names}: say which one, --database <name>`,
		);
	}
	if (out === undefined) {
		await print(only.text.trimEnd());
		return 0;
	}
	mkdirSync(dirname(out), { recursive: true });
	writeFileSync(out, only.text);
	await print(`${only.name}: wrote ${out}`);
	return 0;
}
