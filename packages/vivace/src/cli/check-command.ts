import { styleText } from "node:util";
import { appFindings } from "./check-app.ts";
import { compatibilityFindings } from "./check-compatibility.ts";
import { documentFindings } from "./check-document.ts";
import type { CheckPart, Finding } from "./check-finding.ts";
import { migrationFindings } from "./check-migrations.ts";
import { typeFindings } from "./check-types.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";
import { seeApp } from "./seen-app.ts";

/** Options of `vivace check`. */
export interface CheckOptions {
	readonly app?: string;
	/** A file with the document of the version before. */
	readonly against?: string;
	/** False asks no database. */
	readonly database: boolean;
	readonly json?: boolean;
}

/**
 * Looks for what would go wrong later: types, the program's own mistakes, routes, migrations, the document. Resolves to 1 when there is
 * an error; warnings are told, and nothing more.
 */
export async function checkCommand(
	file: string | undefined,
	options: CheckOptions,
): Promise<number> {
	const parts: CheckPart[] = [
		{ name: "types", findings: await typeFindings() },
		...(await programParts(file, options)),
	];
	const isFailed = parts.some(({ findings }) =>
		findings.some(({ level }) => level === "error"),
	);
	if (options.json) {
		await print(JSON.stringify(parts, undefined, 2));
	} else {
		await print(parts.flatMap(partLines).join("\n"));
	}
	return isFailed ? 1 : 0;
}

async function programParts(
	file: string | undefined,
	{ app: name, against, database }: CheckOptions,
): Promise<CheckPart[]> {
	const warnings = collectWarnings();
	let app: Awaited<ReturnType<typeof seeApp>>;
	try {
		app = await seeApp(file, name);
	} catch (error) {
		if (!(error instanceof CommandError)) {
			throw error;
		}
		return [
			{
				name: "program",
				findings: [{ level: "error", text: error.message }],
			},
		];
	} finally {
		warnings.end();
	}
	const findings = await appFindings(app);
	const told = warnings.lines.map(
		(text) => ({ level: "warning", text }) as const,
	);
	const parts = [{ name: "program", findings: [...told, ...findings] }];
	if (findings.some(({ level }) => level === "error")) {
		return parts; // there is no document of what can't be built
	}
	parts.push({ name: "document", findings: await documentFindings(app) });
	if (against !== undefined) {
		const changes = await compatibilityFindings(app, against);
		parts.push({ name: `clients of ${against}`, findings: changes });
	}
	if (database) {
		parts.push({ name: "migrations", findings: await migrationFindings(app) });
	}
	return parts;
}

/** Gathers what is warned of while the program is imported. */
function collectWarnings(): { readonly lines: string[]; end(): void } {
	const lines: string[] = [];
	const { warn } = console;
	console.warn = (...parts: readonly unknown[]) => {
		lines.push(parts.map(String).join(" "));
	};
	return {
		lines,
		end: () => {
			console.warn = warn;
		},
	};
}

function partLines({ name, findings }: CheckPart): string[] {
	const isFailed = findings.some(({ level }) => level === "error");
	const mark = isFailed ? styleText("red", "✖") : styleText("green", "✔");
	return [
		`${mark} ${name}`,
		...findings.map(
			({ level, text }) =>
				`  ${levelText(level)} ${text.replaceAll("\n", "\n    ")}`,
		),
	];
}

function levelText(level: Finding["level"]): string {
	const styles = { error: "red", warning: "yellow", note: "dim" } as const;
	return styleText(styles[level], `${level}:`);
}
