import { escapeHtml } from "../../http/html-text.ts";
import {
	type ChartedResource,
	durationLabel,
	stateClass,
} from "./charted-resource.ts";
import { layeredGraph, type Place, withoutDetours } from "./layered-graph.ts";

const box = { width: 190, height: 54 };
const gap = { x: 76, y: 22 };
const margin = 8;
const longestName = 24;

/** The graph of resources as a picture: each a box with its time and its users, with lines from what is needed to what needs it. */
export function resourceGraphSvg(
	resources: readonly ChartedResource[],
	chain: readonly string[],
): string {
	const critical = new Set(chain);
	const needs = new Map(resources.map(({ name, needs }) => [name, needs]));
	const graph = layeredGraph(withoutDetours(needs));
	const width = graph.layerCount * (box.width + gap.x) - gap.x + 2 * margin;
	const height = graph.slotCount * (box.height + gap.y) - gap.y + 2 * margin;
	const edges = graph.edges.map(({ from, to, places }) => {
		const isCritical =
			chain[chain.indexOf(to) + 1] === from && critical.has(to);
		return `<path class="edge${isCritical ? " critical" : ""}" data-from="${escapeHtml(from)}" data-to="${escapeHtml(to)}" d="${line(places)}"/>`;
	});
	const boxes = resources.map((resource) =>
		node(resource, graph.nodes.get(resource.name), critical.has(resource.name)),
	);
	return `<svg class="graph" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" style="min-width:${Math.min(width, 640)}px" role="img" aria-label="Which resource needs which">
${edges.join("\n")}
${boxes.join("\n")}
</svg>`;
}

/** Left edge and middle of what stands there. */
function point({ layer, slot }: Place): {
	readonly x: number;
	readonly y: number;
} {
	return {
		x: margin + layer * (box.width + gap.x),
		y: margin + slot * (box.height + gap.y) + box.height / 2,
	};
}

function line(places: readonly Place[]): string {
	const points = places.map(point);
	const parts: string[] = [];
	for (let index = 1; index < points.length; index++) {
		const [from, to] = [points[index - 1], points[index]];
		if (from === undefined || to === undefined) {
			continue;
		}
		const start = from.x + box.width;
		const bend = start + gap.x / 2;
		const begin = index === 1 ? `M${start} ${from.y}` : `L${start} ${from.y}`;
		parts.push(`${begin}C${bend} ${from.y} ${bend} ${to.y} ${to.x} ${to.y}`);
	}
	return parts.join("");
}

function node(
	resource: ChartedResource,
	place: Place | undefined,
	isCritical: boolean,
): string {
	if (place === undefined) {
		return "";
	}
	const { x, y } = point(place);
	const name = escapeHtml(resource.name);
	const state = stateClass(resource.state);
	return `<g class="node ${state}${isCritical ? " critical" : ""}" data-name="${name}" tabindex="0" transform="translate(${x} ${y - box.height / 2})">
<title>${escapeHtml(describe(resource))}</title>
<rect width="${box.width}" height="${box.height}" rx="5"/>
<rect class="state" width="5" height="${box.height}" rx="2.5"/>
<text x="17" y="23">${escapeHtml(shortened(resource.name))}</text>
<text class="small" x="17" y="41">${escapeHtml(below(resource))}</text>
</g>`;
}

function below(resource: ChartedResource): string {
	const { startedAtMs, readyAtMs, state } = resource;
	const time =
		startedAtMs !== undefined && readyAtMs !== undefined
			? durationLabel(readyAtMs - startedAtMs)
			: state;
	const count = operationsOf(resource).length;
	const users = count === 1 ? "1 route" : `${count} routes`;
	return count === 0 ? time : `${time} · ${users}`;
}

/** Path operations have a blank in their names: `GET /users`. */
function operationsOf({ neededBy }: ChartedResource): readonly string[] {
	return neededBy.filter((user) => /^[A-Z, ]+ \//.test(user));
}

function describe(resource: ChartedResource): string {
	const { name, state, needs, neededBy } = resource;
	const lines = [`${name}: ${state}`];
	if (needs.length > 0) {
		lines.push(`needs ${needs.join(", ")}`);
	}
	if (neededBy.length > 0) {
		lines.push(`needed by ${neededBy.join(", ")}`);
	}
	return lines.join("\n");
}

function shortened(name: string): string {
	return name.length > longestName
		? `${name.slice(0, longestName - 1)}…`
		: name;
}
