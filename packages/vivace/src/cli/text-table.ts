import { stripVTControlCharacters } from "node:util";

/** Rows as lines whose columns stand below each other, two spaces apart. Colours do not count. */
export function textTable(rows: readonly (readonly string[])[]): string {
	const widths: number[] = [];
	for (const row of rows) {
		for (const [index, cell] of row.entries()) {
			widths[index] = Math.max(widths[index] ?? 0, width(cell));
		}
	}
	return rows
		.map((row) =>
			row
				.map(
					(cell, index) =>
						cell + " ".repeat((widths[index] ?? 0) - width(cell)),
				)
				.join("  ")
				.trimEnd(),
		)
		.join("\n");
}

function width(cell: string): number {
	return stripVTControlCharacters(cell).length;
}
