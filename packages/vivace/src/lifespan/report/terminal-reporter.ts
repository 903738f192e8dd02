import type { Ora } from "ora";
import type { LifespanReporter } from "./lifespan-reporter.ts";
import { slowMs } from "./log-reporter.ts";
import { type ProgressRow, progressRow } from "./progress-row.ts";

/** True when a person sees the stream on a terminal that can be drawn on. */
export function isInteractive(
	stream: NodeJS.WriteStream | undefined,
): stream is NodeJS.WriteStream {
	const env = globalThis.process?.env ?? {};
	if (stream?.isTTY !== true || env.TERM === "dumb") {
		return false;
	}
	// A pseudo-terminal that nobody has given a size says 0, a width in which the library that draws never finds an end.
	return env.CI === undefined && stream.columns !== 0;
}

/**
 * Shows what takes longer than a second as a line on a terminal: its name with a spinner or a bar, and the time that it has taken.
 * The lines are gone when all is ready or released; what remains is told by `lines`.
 *
 * The library that draws is loaded when the first line is shown.
 */
export function terminalReporter(
	stream: NodeJS.WriteStream,
	lines: LifespanReporter,
): LifespanReporter {
	const drawing = new Drawing(stream);
	return {
		starting(name) {
			drawing.begin(name, "starting");
			lines.starting(name);
		},
		progress(name, done, total, text) {
			drawing.progress(name, done, total, text);
			lines.progress(name, done, total, text);
		},
		note(name, text) {
			lines.note?.(name, text);
		},
		ready(name, ms) {
			drawing.end(name);
			lines.ready(name, ms);
		},
		retrying(name, error, delayMs, leftMs) {
			drawing.progress(name, 0, 0, "waits for its next try");
			lines.retrying(name, error, delayMs, leftMs);
		},
		failed(name, error) {
			drawing.end(name);
			lines.failed(name, error);
		},
		degraded(name, error) {
			drawing.end(name);
			lines.degraded(name, error);
		},
		started(readyCount, degraded, ms) {
			drawing.clear();
			lines.started(readyCount, degraded, ms);
		},
		late(name) {
			lines.late(name);
		},
		releasing(name) {
			drawing.begin(name, "releasing");
			lines.releasing(name);
		},
		released(name, ms, error) {
			drawing.end(name);
			lines.released(name, ms, error);
		},
		stopped() {
			drawing.clear();
			lines.stopped();
		},
	};
}

/** The lines on the terminal. */
class Drawing {
	readonly #stream: NodeJS.WriteStream;
	readonly #rows = new Map<string, ProgressRow>();
	#timer: NodeJS.Timeout | undefined;
	#ora: Ora | undefined;

	constructor(stream: NodeJS.WriteStream) {
		this.#stream = stream;
	}

	/** A later try goes on with the line of the first. */
	begin(name: string, doing: ProgressRow["doing"]): void {
		const row = this.#rows.get(name);
		const sinceMs = row?.doing === doing ? row.sinceMs : performance.now();
		this.#rows.set(name, { name, doing, sinceMs, progress: undefined });
		this.#timer ??= setTimeout(() => void this.#show(), slowMs).unref();
	}

	progress(
		name: string,
		done: number,
		total: number,
		text: string | undefined,
	): void {
		const row = this.#rows.get(name);
		if (row) {
			this.#rows.set(name, { ...row, progress: { done, total, text } });
		}
	}

	end(name: string): void {
		this.#rows.delete(name);
		if (this.#rows.size === 0) {
			this.clear();
		}
	}

	clear(): void {
		this.#rows.clear();
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#ora?.stop();
	}

	async #show(): Promise<void> {
		this.#ora ??= await this.#load();
		// While it was loaded, all may have become ready.
		if (this.#rows.size > 0) {
			this.#ora.start();
		}
	}

	/** The library knows how to draw over what it drew, also between lines that others write; what it draws are our rows. */
	async #load(): Promise<Ora> {
		const { default: ora } = await import("ora");
		const drawn = ora({
			stream: this.#stream,
			isEnabled: true,
			color: false,
			// Both would touch what belongs to the process: its standard input, its signal handlers.
			discardStdin: false,
			hideCursor: false,
		});
		const { frames, interval = 80 } = drawn.spinner;
		const isAscii = /^[\x20-\x7e]*$/.test(frames.join(""));
		const bar = isAscii ? (["#", "-"] as const) : (["█", "░"] as const);
		drawn.spinner = { frames: [""], interval };
		drawn.suffixText = () => {
			const index = Math.floor(performance.now() / interval) % frames.length;
			return this.#text(frames[index] ?? "", bar);
		};
		return drawn;
	}

	#text(frame: string, bar: readonly [done: string, left: string]): string {
		const nowMs = performance.now();
		const slow = [...this.#rows.values()].filter(
			(row) => nowMs - row.sinceMs >= slowMs,
		);
		const style = {
			nowMs,
			frame,
			bar,
			nameWidth: Math.max(0, ...slow.map((row) => row.name.length)),
			columns: (this.#stream.columns ?? 80) - indent.length,
		};
		return slow
			.map((row) => this.#inColour(progressRow(row, style), frame))
			.join(`\n${indent}`);
	}

	/** Without colour where `NO_COLOR` is set. */
	#inColour(line: string, frame: string): string {
		const { styleText } = process.getBuiltinModule("node:util");
		const coloured = styleText("cyan", frame, { stream: this.#stream });
		return coloured + line.slice(frame.length);
	}
}

/** The text that the library writes before our first row. */
const indent = "  ";
