import {
	Command,
	CommanderError,
	InvalidArgumentError,
	Option,
} from "commander";
import { CommandError } from "./command-error.ts";

/** Exit code for a command line that is wrong, as shells have it; what fails is 1. */
const wrongUsage = 2;

/**
 * Does what a command line says.
 *
 * @param words what stands behind `vivace`
 * @returns the exit code; `undefined` if a server goes on running, which then ends the process itself
 */
export async function runCommandLine(
	words: readonly string[],
	version: string,
): Promise<number | undefined> {
	let exitCode: number | undefined = 0;
	const program = describeCommands(version, async (doing) => {
		exitCode = await doing;
	});
	try {
		await program.parseAsync(words, { from: "user" });
		return exitCode;
	} catch (error) {
		if (error instanceof CommanderError) {
			return error.exitCode === 0 ? 0 : wrongUsage; // help and version, too, come as errors
		}
		if (!(error instanceof CommandError)) {
			throw error;
		}
		console.error(error.message);
		return 1;
	}
}

type Do = (doing: Promise<number | undefined>) => Promise<void>;

function describeCommands(version: string, run: Do): Command {
	const program = new Command("vivace")
		.description("Runs Vivace apps and tells what is in them")
		.version(version, "-v, --version", "print the version")
		.helpOption("-h, --help", "print this help")
		.helpCommand("help [command]", "print the help of a command")
		.configureHelp({ showGlobalOptions: false })
		.exitOverride();
	describeCreator(program, version, run);
	describeDev(program, run);
	describeRun(program, run);
	describeReaders(program, run);
	describeMigrations(program, run);
	return program;
}

function describeCreator(program: Command, version: string, run: Do): void {
	program
		.command("new")
		.description("make a new project")
		.argument("[folder]", "where; it is asked for in a terminal")
		.option("--template <name>", "which; they are listed where it is unknown")
		.option("--no-install", "write the files, and install nothing")
		.helpOption("-h, --help", "print this help")
		.action(async (folder, options) => {
			const { newCommand } = await import("./new-command.ts");
			await run(newCommand(folder, options, version));
		});
}

function describeDev(program: Command, run: Do): void {
	command(program, "dev", "serve an app and reload it when its files change")
		.addOption(host("the program's, or 127.0.0.1"))
		.addOption(port())
		.option(
			"--watch <path>",
			"a file or folder that reloads it too, beside the modules that it loads; may be repeated",
			another,
		)
		.option(
			"--reload-include <pattern>",
			'files that reload it too, "*.html", in the folders of --watch or else in this one; may be repeated',
			another,
		)
		.option(
			"--reload-exclude <pattern>",
			'files and folders that don\'t, "generated", also modules; may be repeated',
			another,
		)
		.option("--types", "show type errors beside the reload")
		.option(
			"--stop-first",
			"stop the old version before the new one starts; requests wait meanwhile",
		)
		.action(async (file, options) => {
			const { devCommand } = await import("./dev-command.ts");
			await run(devCommand(...programOf(file, options)));
		});
}

function describeRun(program: Command, run: Do): void {
	command(program, "run", "serve an app as in production")
		.addOption(host("the program's, or 0.0.0.0"))
		.addOption(port())
		.addOption(
			new Option(
				"--workers <count>",
				'how many processes serve it, or "auto" for one per processor (default: the program\'s, or 1)',
			).argParser((text) =>
				text === "auto" ? text : wholeNumber(1, 512)(text),
			),
		)
		.option("--request-log", "tell each request in the log when it is over")
		.option(
			"--root-path <path>",
			"the path below which a proxy serves it, /api/v1",
		)
		.addOption(
			new Option(
				"--trust-proxy <addresses>",
				'whose X-Forwarded-* headers are believed, addresses and networks with commas between, "all" or "none" (default: the program\'s, or this machine\'s)',
			).argParser(trusted),
		)
		.option("--socket-path <path>", "a Unix socket in place of host and port")
		.addOption(
			new Option(
				"--fd <number>",
				'a descriptor that listens already, or "systemd" for the one of a .socket unit',
			).argParser((text) =>
				text === "systemd" ? text : wholeNumber(0, 2_147_483_647)(text),
			),
		)
		.option("--tls-cert <file>", "serve HTTPS with this certificate, PEM")
		.option("--tls-key <file>", "its private key, PEM")
		.option("--tls-ca <file>", "authorities by which clients are known, PEM")
		.action(async (file, options) => {
			const { runCommand } = await import("./run-command.ts");
			await run(runCommand(...programOf(file, options)));
		});
}

function another(
	value: string,
	others: readonly string[] = [],
): readonly string[] {
	return [...others, value];
}

function describeReaders(program: Command, run: Do): void {
	command(program, "routes", "list the path operations of an app")
		.option("--json", "print JSON")
		.action(async (file, options) => {
			const { routesCommand } = await import("./routes-command.ts");
			await run(routesCommand(...programOf(file, options)));
		});

	command(program, "check", "look for what would go wrong later")
		.option("--against <file>", "the OpenAPI document of the version before")
		.option("--no-database", "ask no database for its migrations")
		.option("--json", "print JSON")
		.action(async (file, options) => {
			const { checkCommand } = await import("./check-command.ts");
			await run(checkCommand(file, options));
		});

	command(program, "openapi", "print the OpenAPI document of an app")
		.option("--output <file>", "write it to a file instead")
		.option("--document <path>", "another than the whole, by its openapiUrl")
		.action(async (file, options) => {
			const { openApiCommand } = await import("./openapi-command.ts");
			await run(openApiCommand(...programOf(file, options)));
		});

	command(
		program,
		"lifespan",
		"start an app, show what was acquired when, and stop it",
	)
		.option("--json", "print JSON")
		.action(async (file, options) => {
			const { lifespanCommand } = await import("./lifespan-command.ts");
			await run(lifespanCommand(...programOf(file, options)));
		});
}

function describeMigrations(program: Command, run: Do): void {
	const db = program
		.command("db")
		.description("change the schema of an app's databases")
		.helpOption("-h, --help", "print this help");
	for (const [name, summary] of migrationCommands) {
		command(db, name, summary).action(async (file, options) => {
			const { dbCommand } = await import("./db-command.ts");
			await run(dbCommand(name, ...programOf(file, options)));
		});
	}
	command(db, "types", "write the tables' types, as the live database has them")
		.option("--out <file>", "where to; otherwise they are printed")
		.option("--database <name>", "which, where the app has several")
		.action(async (file, options) => {
			const { tableTypesCommand } = await import("./table-types-command.ts");
			await run(tableTypesCommand(...programOf(file, options)));
		});
	db.command("new")
		.description("write the file of a new migration")
		.argument("<name>", "what it does: add_email")
		.option("--folder <folder>", "of the migrations", "migrations")
		.helpOption("-h, --help", "print this help")
		.action(async (name, options) => {
			const { newMigration } = await import("./new-migration.ts");
			await run(newMigration(name, options));
		});
}

const migrationCommands = [
	["migrate", "run the migrations that are pending"],
	["status", "list the migrations and when they were run"],
	["rollback", "take the last migration back"],
] as const;

function command(program: Command, name: string, summary: string): Command {
	return program
		.command(name)
		.description(summary)
		.argument(
			"[file]",
			"the program, or its folder (default: app.ts, main.ts, src/app.ts or src/main.ts)",
		)
		.option(
			"--app <name>",
			'name of the export, an app or a function that makes it; as in main.ts:name (default: "app", "default", or the only app there is)',
		)
		.option("--factory", "the export is a function, createApp by default")
		.helpOption("-h, --help", "print this help");
}

/** Program and options as a command takes them: `main.ts:createApp` names the export too. */
function programOf<Options extends { app?: string; factory?: boolean }>(
	named: string | undefined,
	{ factory, ...options }: Options,
): [file: string | undefined, options: Omit<Options, "factory">] {
	const [, file, name] = /^(.+):([A-Za-z_$][\w$]*)$/.exec(named ?? "") ?? [];
	const app = options.app ?? name ?? (factory ? "createApp" : undefined);
	return [file ?? named, app === undefined ? options : { ...options, app }];
}

function trusted(text: string): boolean | readonly string[] {
	if (text === "all" || text === "*") {
		return true;
	}
	return text === "none" ? false : text.split(",").map((each) => each.trim());
}

function host(fallback: string): Option {
	return new Option(
		"--host <address>",
		`address to listen on (default: ${fallback})`,
	);
}

function port(): Option {
	return new Option(
		"--port <number>",
		"port to listen on, 0 for any that is free (default: the program's, or 8000)",
	).argParser(wholeNumber(0, 65_535));
}

function wholeNumber(min: number, max: number): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (/^\d+$/.test(text) && value >= min && value <= max) {
			return value;
		}
		throw new InvalidArgumentError(
			`It must be a whole number from ${min} to ${max}.`,
		);
	};
}
