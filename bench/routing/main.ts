/**
 * How long finding a route takes for paths of growing length: `npm run bench:routing`. The templates are those whose parameters can
 * share a text, the paths those that a regular expression would try over and over; a hit, a miss, and a miss that is looked for
 * among the other methods and with a slash at its end as well.
 */
import { parsePathTemplate } from "../../packages/vivace/src/routing/path-template.ts";
import { RouteTable } from "../../packages/vivace/src/routing/route-table.ts";
import { markdownTable } from "../shared/table.ts";

const lengths = [1_000, 5_000, 15_000, 60_000];
const repetitions = 15;

const cases: readonly [template: string, unit: string, end: string][] = [
	["/r/{a}-{b}-{c}.json", "-", ".json"],
	["/r/{a}-{b}-{c}.json", "-", ""],
	["/r/{a}-{b}-{c}.json", "-", "/.json"],
	["/r/{a}-{b}-{c}-{d}", "-", ""],
	["/r/{a:path}/x/{b:path}/y", "/x", "/y"],
	["/r/{a:path}/x/{b:path}/y", "/x", ""],
	["/r/{a:path}/x/{b:path}/y", "/z", "/y"],
	["/r/{a:path}{b}.json", "x", "/.json"],
	["/r/{a:path}", "x", ""],
];

const rows = cases.map(([template, unit, end]) => {
	const table = new RouteTable<string>();
	table.add(["GET"], parsePathTemplate(template), template);
	const paths = lengths.map(
		(length) => `/r/${unit.repeat(length / unit.length)}${end}`,
	);
	const { kind } = table.find("GET", paths[0] as string);
	const times = paths.map((path) =>
		medianMs(() => table.find("GET", path)).toFixed(2),
	);
	return [`\`${template}\``, kind, ...times];
});
console.log(
	markdownTable(
		["template", "answer", ...lengths.map((length) => `${length}, ms`)],
		rows,
	),
);

function medianMs(work: () => unknown): number {
	const times = Array.from({ length: repetitions }, () => {
		const start = performance.now();
		work();
		return performance.now() - start;
	});
	return times.sort((left, right) => left - right)[repetitions >> 1] as number;
}
