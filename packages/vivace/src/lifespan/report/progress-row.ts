import { durationText } from "./log-reporter.ts";

/** A resource that something is done with, as a terminal shows it. */
export interface ProgressRow {
	readonly name: string;
	readonly doing: "starting" | "releasing";
	/** When that began. */
	readonly sinceMs: number;
	/** As the resource reported it last; `undefined` before. */
	readonly progress:
		| {
				readonly done: number;
				readonly total: number;
				readonly text: string | undefined;
		  }
		| undefined;
}

/** How a row is drawn. */
export interface ProgressRowStyle {
	readonly nowMs: number;
	/** The spinner's picture at this moment. */
	readonly frame: string;
	/** Width of the column of names. */
	readonly nameWidth: number;
	/** Width of the terminal. */
	readonly columns: number;
	/** The two characters of a bar: done and to do. */
	readonly bar: readonly [done: string, left: string];
}

const barWidth = 20;

/** The row in one line, for instance `⠹ model  ██████████░░░░░░░░░░  52 %  weights  3.2 s`, without colours. */
export function progressRow(row: ProgressRow, style: ProgressRowStyle): string {
	const { progress } = row;
	const cells = [
		`${style.frame} ${row.name.padEnd(style.nameWidth)}`,
		progress && progress.total > 0
			? barText(progress.done / progress.total, style.bar)
			: row.doing,
		progress?.text ? oneLine(progress.text) : "",
		durationText(style.nowMs - row.sinceMs),
	];
	const line = cells.filter((cell) => cell !== "").join("  ");
	return line.length <= style.columns
		? line
		: `${line.slice(0, Math.max(0, style.columns - 1))}…`;
}

function barText(
	share: number,
	[done, left]: readonly [done: string, left: string],
): string {
	const known = Math.min(1, Math.max(0, share));
	const width = Math.round(known * barWidth);
	const percent = String(Math.floor(known * 100)).padStart(3);
	return `${done.repeat(width)}${left.repeat(barWidth - width)} ${percent} %`;
}

/** A resource's words must not move the cursor. */
function oneLine(text: string): string {
	const { stripVTControlCharacters } = process.getBuiltinModule("node:util");
	return stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, " ");
}
