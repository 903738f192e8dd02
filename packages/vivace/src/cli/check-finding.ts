/** One thing that `vivace check` has found. */
export interface Finding {
	/** An error fails the check; a note says what was not looked at. */
	readonly level: "error" | "warning" | "note";
	/** A sentence that names the place and the remedy. */
	readonly text: string;
}

/** One part of the project that `vivace check` has looked at, with its findings. */
export interface CheckPart {
	readonly name: string;
	readonly findings: readonly Finding[];
}
