import { escapeHtml } from "../../http/html-text.ts";
import {
	type ChartedResource,
	durationLabel,
	startUpMs,
	stateClass,
} from "./charted-resource.ts";

/** How much of the width the time takes; the rest is for the labels behind the bars. */
const timePercent = 84;

/** The rows of start-up, one for each resource: how long it waited, how long it took, and that it has been there since. */
export function startUpChart(
	resources: readonly ChartedResource[],
	critical: ReadonlySet<string>,
): string {
	const endMs = Math.max(startUpMs(resources), 0.1);
	const rows = resources
		.toSorted(byBegin)
		.map((resource) => row(resource, endMs, critical.has(resource.name)));
	return `<div class="chart">
<div class="axis" aria-hidden="true"><div></div><div class="track">${ticks(endMs)}</div></div>
${rows.join("\n")}
</div>`;
}

function byBegin(a: ChartedResource, b: ChartedResource): number {
	const begin = (each: ChartedResource) =>
		each.startedAtMs ?? Number.POSITIVE_INFINITY;
	const end = (each: ChartedResource) =>
		each.readyAtMs ?? Number.POSITIVE_INFINITY;
	return begin(a) - begin(b) || end(a) - end(b) || 0;
}

function row(
	resource: ChartedResource,
	endMs: number,
	isCritical: boolean,
): string {
	const name = escapeHtml(resource.name);
	const place = (ms: number) => percent(Math.min(ms, endMs) / endMs);
	return `<div class="row${isCritical ? " critical" : ""}" data-name="${name}" tabindex="0" title="${escapeHtml(sentence(resource))}">
<div class="name"><i class="dot ${stateClass(resource.state)}"></i><span>${name}</span></div>
<div class="track">${bars(resource, endMs, place)}</div>
</div>`;
}

function bars(
	resource: ChartedResource,
	endMs: number,
	place: (ms: number) => string,
): string {
	const { startedAtMs, readyAtMs, waitedForMs } = resource;
	const begin = startedAtMs ?? waitedForMs;
	const parts: string[] = [];
	if (waitedForMs > 0) {
		parts.push(bar("wait", "0%", place(begin)));
	}
	if (startedAtMs !== undefined) {
		const until = Math.min(readyAtMs ?? endMs, endMs);
		const kind = readyAtMs === undefined ? stateClass(resource.state) : "done";
		parts.push(bar(`start ${kind}`, place(startedAtMs), place(until)));
		if (readyAtMs !== undefined && readyAtMs <= endMs) {
			parts.push(
				`<i class="on" style="left:calc(${place(readyAtMs)} + 2px)"></i>`,
			);
		}
		const labelled = place(readyAtMs === undefined ? startedAtMs : until);
		parts.push(
			`<b style="left:${labelled}">${escapeHtml(label(resource))}</b>`,
		);
	} else {
		parts.push(
			`<b style="left:${place(begin)}">waiting for ${escapeHtml(resource.waitingFor.join(", "))}</b>`,
		);
	}
	return parts.join("");
}

/** Never too thin to be seen. */
function bar(kind: string, left: string, right: string): string {
	return `<i class="${kind}" style="left:${left};width:max(3px, calc(${right} - ${left}))"></i>`;
}

function label(resource: ChartedResource): string {
	const { startedAtMs = 0, readyAtMs, attempts, state } = resource;
	const tries = attempts > 1 ? ` (${attempts} tries)` : "";
	return readyAtMs === undefined
		? `${state}${tries}`
		: durationLabel(readyAtMs - startedAtMs) + tries;
}

/** The row in words. */
function sentence(resource: ChartedResource): string {
	const { name, startedAtMs, readyAtMs, waitedForMs, heldUpBy } = resource;
	const words = [`${name} is ${resource.state}`];
	if (waitedForMs > 0) {
		const reason = heldUpBy ?? resource.waitingFor.join(", ");
		words.push(`waited ${durationLabel(waitedForMs)} for ${reason}`);
	}
	if (startedAtMs !== undefined && readyAtMs !== undefined) {
		words.push(`took ${durationLabel(readyAtMs - startedAtMs)}`);
	}
	if (resource.error !== undefined) {
		words.push(resource.error);
	}
	return words.join("; ");
}

function ticks(endMs: number): string {
	const step = tickStep(endMs);
	const marks: string[] = [];
	for (let count = 0; count * step <= endMs * 1.0001; count++) {
		const ms = count * step;
		const text = ms === 0 ? "0" : tickLabel(ms, step);
		marks.push(`<u style="left:${percent(ms / endMs)}"><s>${text}</s></u>`);
	}
	return marks.join("");
}

/** 1, 2 or 5 times a power of ten, so that there are four to nine marks. */
function tickStep(endMs: number): number {
	const power = 10 ** Math.floor(Math.log10(endMs / 4));
	const factor = [5, 2].find((each) => endMs / (each * power) >= 4) ?? 1;
	return factor * power;
}

function tickLabel(ms: number, step: number): string {
	const [value, unit, unitMs] =
		ms >= 1_000 ? [ms / 1_000, "s", 1_000] : [ms, "ms", 1];
	const digits = Math.max(0, -Math.floor(Math.log10(step / unitMs) + 1e-9));
	return `${value.toFixed(digits)} ${unit}`;
}

function percent(part: number): string {
	return `${(part * timePercent).toFixed(2)}%`;
}
