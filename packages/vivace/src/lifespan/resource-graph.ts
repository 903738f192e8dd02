import { LifespanError } from "../errors/setup-error.ts";
import { empty } from "../inject/cell.ts";
import type { ResourceNode } from "./resource.ts";
import type { ResourceRun } from "./resource-run.ts";
import { resourceSettings } from "./resource-settings.ts";

/**
 * Makes a run of each node and of all that it needs, one by identity, in the order of first mention with what is needed first.
 *
 * The graph of dependencies, from which the nodes are made, has no circles.
 *
 * @throws SetupError `VIV_OPTION` if an option is nonsense.
 */
export function resourceRuns(nodes: readonly ResourceNode[]): ResourceRun[] {
	const runs = new Map<ResourceNode, ResourceRun>();
	const nameCounts = new Map<string, number>();

	const visit = (node: ResourceNode): ResourceRun => {
		const known = runs.get(node);
		if (known) {
			return known;
		}
		const needs = [...new Set(node.needs)].map(visit);
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
		cell: {
			value: empty,
			whyEmpty: () =>
				new LifespanError(
					`"${name}" was asked for while it is ${run.state}; use it between start and stop only`,
				),
		},
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
