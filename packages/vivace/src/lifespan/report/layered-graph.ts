/** Where something stands in a drawing: its layer from left to right, and the middle of its slot from the top, in slots. */
export interface Place {
	readonly layer: number;
	readonly slot: number;
}

/** A graph, drawn in layers: what is needed stands to the left of what needs it. */
export interface LayeredGraph {
	readonly nodes: ReadonlyMap<string, Place>;
	/** From what is needed to what needs it; an edge over several layers passes a place of its own in each. */
	readonly edges: readonly {
		readonly from: string;
		readonly to: string;
		readonly places: readonly Place[];
	}[];
	readonly layerCount: number;
	readonly slotCount: number;
}

/** One slot of a layer: a node, or where an edge passes. */
interface Item {
	readonly layer: number;
	readonly left: Item[];
	readonly right: Item[];
	slot: number;
}

const sweeps = 8;

/** Without the edges that others imply: what is needed through another need not be shown twice. */
export function withoutDetours(
	needs: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
	const reached = new Map<string, ReadonlySet<string>>();
	const reach = (name: string): ReadonlySet<string> => {
		const known = reached.get(name);
		if (known !== undefined) {
			return known;
		}
		reached.set(name, new Set()); // a circle can't be, but would end here
		const all = new Set<string>();
		for (const need of needs.get(name) ?? []) {
			all.add(need);
			for (const further of reach(need)) {
				all.add(further);
			}
		}
		reached.set(name, all);
		return all;
	};
	return new Map(
		Array.from(needs, ([name, direct]) => [
			name,
			direct.filter(
				(need) =>
					!direct.some((other) => other !== need && reach(other).has(need)),
			),
		]),
	);
}

/**
 * Places nodes so that few edges cross, by the method of Sugiyama, Tagawa and Toda (1981): layers by the longest way, places for long
 * edges to pass, then each layer sorted by the middle of its neighbours.
 *
 * @param needs what each node needs, by name; names that are no node are left out
 */
export function layeredGraph(
	needs: ReadonlyMap<string, readonly string[]>,
): LayeredGraph {
	const depths = depthsOf(needs);
	const layers: Item[][] = [];
	const add = (layer: number): Item => {
		layers[layer] ??= [];
		const item: Item = { layer, left: [], right: [], slot: 0 };
		layers[layer].push(item);
		return item;
	};
	const items = new Map<string, Item>();
	for (const [name, depth] of depths) {
		items.set(name, add(depth));
	}
	const edges = Array.from(needs).flatMap(([to, sources]) =>
		sources.flatMap((from) => {
			const [first, last] = [items.get(from), items.get(to)];
			if (first === undefined || last === undefined) {
				return [];
			}
			return { from, to, items: way(first, last, add) };
		}),
	);
	arrange(layers);
	return {
		nodes: new Map(Array.from(items, ([name, item]) => [name, placeOf(item)])),
		edges: edges.map(({ from, to, items }) => ({
			from,
			to,
			places: items.map(placeOf),
		})),
		layerCount: layers.length,
		slotCount: Math.max(0, ...layers.map((layer) => layer.length)),
	};
}

/** The longest way from a node that needs nothing. */
function depthsOf(
	needs: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, number> {
	const depths = new Map<string, number>();
	const visit = (name: string): number => {
		const known = depths.get(name);
		if (known !== undefined) {
			return known;
		}
		depths.set(name, 0); // a circle can't be, but would end here
		const below = (needs.get(name) ?? []).filter((need) => needs.has(need));
		const depth = Math.max(0, ...below.map((need) => visit(need) + 1));
		depths.set(name, depth);
		return depth;
	};
	for (const name of needs.keys()) {
		visit(name);
	}
	return depths;
}

function way(first: Item, last: Item, add: (layer: number) => Item): Item[] {
	const items = [first];
	for (let layer = first.layer + 1; layer < last.layer; layer++) {
		items.push(add(layer));
	}
	items.push(last);
	for (let index = 1; index < items.length; index++) {
		const [left, right] = [items[index - 1] as Item, items[index] as Item];
		left.right.push(right);
		right.left.push(left);
	}
	return items;
}

function arrange(layers: Item[][]): void {
	for (const layer of layers) {
		settle(layer, layers);
	}
	for (let sweep = 0; sweep < sweeps; sweep++) {
		const isForward = sweep % 2 === 0;
		for (const layer of isForward ? layers : layers.toReversed()) {
			const wanted = new Map(
				layer.map((item) => [
					item,
					middle(isForward ? item.left : item.right, item.slot),
				]),
			);
			layer.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
			settle(layer, layers);
		}
	}
}

/** Numbers the slots of a layer, in the middle of the drawing. */
function settle(layer: Item[], layers: Item[][]): void {
	const most = Math.max(...layers.map((each) => each.length));
	const offset = (most - layer.length) / 2;
	for (const [index, item] of layer.entries()) {
		item.slot = index + offset;
	}
}

function middle(neighbours: readonly Item[], fallback: number): number {
	if (neighbours.length === 0) {
		return fallback;
	}
	const sum = neighbours.reduce((total, { slot }) => total + slot, 0);
	return sum / neighbours.length;
}

function placeOf({ layer, slot }: Item): Place {
	return { layer, slot };
}
