import { styleText } from "node:util";
import { durationText } from "../lifespan/report/log-reporter.ts";
import type { TimelineEntry } from "../lifespan/report/timeline.ts";
import { textTable } from "./text-table.ts";

/** How many characters the whole time is wide. */
const chartWidth = 40;

/**
 * Draws what was acquired when: a line for each resource, with a bar from its first try until it was there, and what it waited for.
 */
export function timelineChart(entries: readonly TimelineEntry[]): string {
	const endMs = Math.max(
		...entries.map(
			({ startedAtMs = 0, readyAtMs }) => readyAtMs ?? startedAtMs,
		),
		1,
	);
	return textTable(
		entries.map((entry) => [
			entry.name,
			bar(entry, endMs),
			durationCell(entry),
			remark(entry),
		]),
	);
}

function bar(
	{ startedAtMs, readyAtMs, state }: TimelineEntry,
	endMs: number,
): string {
	if (startedAtMs === undefined) {
		return "·".repeat(chartWidth);
	}
	const column = (ms: number) => Math.round((ms / endMs) * chartWidth);
	const from = Math.min(column(startedAtMs), chartWidth - 1);
	const to = Math.max(column(readyAtMs ?? endMs), from + 1);
	const colour =
		readyAtMs !== undefined ? "green" : state === "degraded" ? "yellow" : "red";
	return (
		"·".repeat(from) +
		styleText(colour, "█".repeat(to - from)) +
		"·".repeat(chartWidth - to)
	);
}

function durationCell({ acquireMs }: TimelineEntry): string {
	const text = acquireMs === undefined ? "-" : durationText(acquireMs);
	return text.padStart(7);
}

function remark(entry: TimelineEntry): string {
	const { state, attempts, heldUpBy, waitingFor, error, readyAtMs } = entry;
	const remarks: string[] = [];
	if (readyAtMs === undefined) {
		remarks.push(state === "released" ? "given up" : state);
	}
	if (attempts > 1) {
		remarks.push(`${attempts} tries`);
	}
	if (heldUpBy !== undefined) {
		remarks.push(`after ${heldUpBy}`);
	}
	if (waitingFor.length > 0) {
		remarks.push(`waits for ${waitingFor.join(", ")}`);
	}
	if (error !== undefined) {
		remarks.push(error);
	}
	return remarks.join("; ");
}
