import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../source-files.ts";

/** A block ```` ```ts [main.ts] ````: a whole file of the program that the page is about. */
export interface FileStep {
	readonly kind: "file";
	readonly line: number;
	readonly name: string;
	readonly text: string;
}

/** A line `$ …` of a block ```` ```console ````, and the lines that follow it: what it prints. */
export interface CommandStep {
	readonly kind: "command";
	readonly line: number;
	readonly command: string;
	readonly output: string;
	/** The name of the block, which says what must be there for it: `with PostgreSQL`. */
	readonly needs: string | undefined;
}

export type PageStep = FileStep | CommandStep;

/** The files and commands of a page, in its order. Empty for a page whose programs are only compiled. */
export function stepsOf(page: string): PageStep[] {
	return stepsIn(readFileSync(join(root, page), "utf8"));
}

export function stepsIn(text: string): PageStep[] {
	const blocks = text.matchAll(/^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm);
	return [...blocks].flatMap<PageStep>(
		({ 1: language, 2: info, 3: code = "", index }) => {
			const line = text.slice(0, index).split("\n").length;
			const name = /\[([^\]]+)\]/.exec(info ?? "")?.[1];
			if (language === "console") {
				return commandsIn(code, line, name);
			}
			return name === undefined
				? []
				: [{ kind: "file" as const, line, name, text: code }];
		},
	);
}

function commandsIn(
	code: string,
	firstLine: number,
	needs: string | undefined,
): CommandStep[] {
	const commands: { line: number; command: string; output: string[] }[] = [];
	for (const [index, line] of code.trimEnd().split("\n").entries()) {
		const last = commands.at(-1);
		if (line.startsWith("$ ")) {
			const place = firstLine + index + 1;
			commands.push({ line: place, command: line.slice(2), output: [] });
		} else if (last === undefined) {
			throw new Error(`line ${firstLine + 1}: a console begins with "$ "`);
		} else if (last.output.length === 0 && last.command.endsWith("\\")) {
			last.command += `\n${line}`;
		} else {
			last.output.push(line);
		}
	}
	return commands.map(({ line, command, output }) => ({
		kind: "command",
		line,
		command,
		output: output.join("\n").trim(),
		needs,
	}));
}

/** The programs of a page as they stand before each of its commands and at its end, each a set of files by name. */
export function programsOf(
	steps: readonly PageStep[],
	before: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string>[] {
	const programs: ReadonlyMap<string, string>[] = [];
	let files = new Map(before);
	let isNew = false;
	for (const step of steps) {
		if (step.kind === "file") {
			files = new Map(files).set(step.name, step.text);
			isNew = true;
		} else {
			if (isNew) {
				programs.push(files);
				isNew = false;
			}
			const [program, ...names] = step.command.split(/\s+/);
			const removed = program === "rm" ? names : [];
			files = new Map([...files].filter(([name]) => !removed.includes(name)));
		}
	}
	return isNew ? [...programs, files] : programs;
}
