import { SetupError } from "../errors/setup-error.ts";
import type { ResourceNode } from "./resource.ts";
import type { ResourceRun } from "./resource-run.ts";
import { resourceSettings } from "./resource-settings.ts";

/**
 * Makes a run of each node and of all that it needs, one by identity, in the order of first mention with what is needed first.
 *
 * @throws SetupError `VIV_CYCLE` if a node needs itself, naming the chain; `VIV_OPTION` if an option is nonsense.
 */
export function resourceRuns(nodes: readonly ResourceNode[]): ResourceRun[] {
	const runs = new Map<ResourceNode, ResourceRun>();
	const nameCounts = new Map<string, number>();
	const path: ResourceNode[] = [];

	const visit = (node: ResourceNode): ResourceRun => {
		const known = runs.get(node);
		if (known) {
			return known;
		}
		if (path.includes(node)) {
			throw cycleError([...path, node]);
		}
		path.push(node);
		const needs = [...new Set(node.needs)].map(visit);
		path.pop();
		const run = newRun(node, uniqueName(node.name, nameCounts), needs);
		runs.set(node, run);
		return run;
	};

	for (const node of nodes) {
		visit(node);
	}
	return [...runs.values()];
}

function newRun(
	node: ResourceNode,
	name: string,
	needs: readonly ResourceRun[],
): ResourceRun {
	const run: ResourceRun = {
		node,
		name,
		needs,
		neededBy: [],
		settings: resourceSettings(name, node.options),
		state: "waiting",
		attempts: 0,
		acquisition: undefined,
		error: undefined,
		heldUpBy: undefined,
		startedAtMs: undefined,
		readyAtMs: undefined,
		releasingAtMs: undefined,
		releasedAtMs: undefined,
	};
	// The list is complete before anybody else sees the run.
	for (const need of needs) {
		(need.neededBy as ResourceRun[]).push(run);
	}
	return run;
}

function uniqueName(name: string, counts: Map<string, number>): string {
	const count = (counts.get(name) ?? 0) + 1;
	counts.set(name, count);
	return count === 1 ? name : `${name} (${count})`;
}

function cycleError(path: readonly ResourceNode[]): SetupError {
	const last = path[path.length - 1];
	const chain = path.slice(last ? path.indexOf(last) : 0);
	return new SetupError(
		"VIV_CYCLE",
		`resources need each other in a circle: ${chain.map((node) => `"${node.name}"`).join(" → ")}; take what they share into a resource of its own`,
	);
}
