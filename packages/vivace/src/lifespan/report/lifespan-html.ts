import { assertOptions, type OptionRules } from "../../errors/options.ts";
import {
	defaultFaviconUrl,
	escapeHtml,
	nonceAttribute,
	scriptJson,
} from "../../http/html-text.ts";
import {
	type ChartedResource,
	criticalChain,
	durationLabel,
	startUpMs,
	stateClass,
} from "./charted-resource.ts";
import { lifespanScript, lifespanStyle } from "./lifespan-style.ts";
import { resourceGraphSvg } from "./resource-graph-svg.ts";
import { startUpChart } from "./start-up-chart.ts";

/** The parts of the page about the lifespan. */
export interface LifespanPageOptions {
	/** Name of the app. */
	readonly title: string;
	/** Entries of `app.lifespan.timeline()`. */
	readonly resources: readonly ChartedResource[];
	/** Path of the documentation page, which is linked. Default: no link. */
	readonly docsUrl?: string | undefined;
	/** The nonce of its inline script for a Content-Security-Policy, see `cspNonce`. Default: none. */
	readonly nonce?: string | undefined;
}

const rules: OptionRules<LifespanPageOptions> = {
	title: { required: "text" },
	resources: { required: "records" },
	docsUrl: "text",
	nonce: "text",
};

/**
 * The page that shows how an app started: a chart of what waited for what and for how long, and the graph of its resources. It
 * loads nothing, follows the reader's light or dark theme, and whatever it embeds is escaped.
 */
export function lifespanHtml(options: LifespanPageOptions): string {
	assertOptions("lifespanHtml()", options, rules);
	const { resources } = options;
	const title = escapeHtml(options.title);
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} - Lifespan</title>
<link rel="icon" href="${escapeHtml(defaultFaviconUrl)}">
<style>${lifespanStyle}</style>
</head>
<body>
<header>
<h1>${title} <small>lifespan</small></h1>
<p>${summary(resources)}</p>
${options.docsUrl === undefined ? "" : `<nav><a href="${escapeHtml(options.docsUrl)}">API documentation</a></nav>`}
</header>
<main>
${resources.length === 0 ? nothing : sections(resources)}
</main>
<script${nonceAttribute(options.nonce)}>${relationsScript(resources)}${lifespanScript}</script>
</body>
</html>
`;
}

const nothing = `<section class="empty"><h2>No resources</h2><p>This app has neither a lifespan function nor app-scoped dependencies:
there is nothing to acquire before the first request, and nothing to release after the last.</p></section>`;

function sections(resources: readonly ChartedResource[]): string {
	const chain = criticalChain(resources);
	return `<section>
<h2>Start-up</h2>
${legend}
${startUpChart(resources, new Set(chain))}
</section>
<section>
<h2>What needs what</h2>
<div class="scroll">${resourceGraphSvg(resources, chain)}</div>
</section>
<section>
<h2>Resources</h2>
<div class="scroll">${table(resources)}</div>
</section>`;
}

const legend = `<ul class="legend" aria-hidden="true">
<li><i class="wait"></i>waits for others</li>
<li><i class="start done"></i>is acquired</li>
<li><i class="on"></i>ready</li>
<li><i class="start degraded"></i>missing, optional</li>
<li><i class="start failed"></i>failed</li>
<li><i class="crit"></i>start-up waited for it</li>
</ul>`;

function summary(resources: readonly ChartedResource[]): string {
	if (resources.length === 0) {
		return "starts at once";
	}
	const count = (state: string) =>
		resources.filter((each) => each.state === state).length;
	const ready = count("ready");
	const others = ["waiting", "starting", "degraded", "failed"].flatMap(
		(state) => (count(state) > 0 ? `${count(state)} ${state}` : []),
	);
	const noun = resources.length === 1 ? "resource" : "resources";
	const inAll = startUpMs(resources);
	const apart = resources.reduce(
		(sum, each) =>
			sum + Math.max(0, (each.readyAtMs ?? 0) - (each.startedAtMs ?? 0)),
		0,
	);
	const saved =
		apart > inAll * 1.2
			? `, one after the other it would have been ${durationLabel(apart)}`
			: "";
	const states = [`${ready} of ${resources.length} ${noun} ready`, ...others];
	return `<b>${states.join(" · ")}</b> start-up took ${durationLabel(inAll)}${saved}`;
}

function table(resources: readonly ChartedResource[]): string {
	const rows = resources.map((resource) => {
		const { name, state, needs, neededBy, error } = resource;
		const { startedAtMs, readyAtMs, waitedForMs, attempts } = resource;
		const took =
			startedAtMs !== undefined && readyAtMs !== undefined
				? durationLabel(readyAtMs - startedAtMs)
				: "";
		const notes = [
			resource.optional ? "optional" : "",
			attempts > 1 ? `${attempts} tries` : "",
			error ?? "",
		].filter((note) => note !== "");
		return `<tr data-name="${escapeHtml(name)}"><th scope="row">${escapeHtml(name)}</th><td><span class="badge ${stateClass(state)}">${escapeHtml(state)}</span>${notes.map((note) => ` <em>${escapeHtml(note)}</em>`).join("")}</td><td class="number">${waitedForMs > 0 ? durationLabel(waitedForMs) : ""}</td><td class="number">${took}</td><td>${names(needs)}</td><td>${names(neededBy)}</td></tr>`;
	});
	return `<table>
<thead><tr><th scope="col">Resource</th><th scope="col">State</th><th scope="col" class="number">Waited</th><th scope="col" class="number">Took</th><th scope="col">Needs</th><th scope="col">Needed by</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`;
}

function names(list: readonly string[]): string {
	return list.map((name) => `<code>${escapeHtml(name)}</code>`).join(" ");
}

/** For each resource those that are lit with it: what it needs and what needs it, directly or not. */
function relationsScript(resources: readonly ChartedResource[]): string {
	const needs = new Map(resources.map((each) => [each.name, each.needs]));
	const users = new Map<string, string[]>(
		resources.map(({ name }) => [
			name,
			resources
				.filter((each) => each.needs.includes(name))
				.map((each) => each.name),
		]),
	);
	const relations = resources.map(({ name }) => [
		name,
		[...reached(name, needs), ...reached(name, users)],
	]);
	return `const relations = new Map(${scriptJson(relations)});`;
}

function reached(
	start: string,
	next: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
	const seen = new Set<string>([start]);
	for (const name of seen) {
		for (const other of next.get(name) ?? []) {
			seen.add(other);
		}
	}
	return seen;
}
