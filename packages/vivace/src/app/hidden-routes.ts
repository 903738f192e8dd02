import type { PathTemplate } from "../routing/path-template.ts";
import type { RouteTable } from "../routing/route-table.ts";
import type { PathOperation } from "./path-operation.ts";

/**
 * Tells of path operations that no request reaches, because one before them takes all of their paths: FastAPI, "Path Parameters", order
 * matters. What is certain is told: a text of the built-in types stands for all of its kind.
 *
 * @param operations by what the table gives for them, in their order
 */
export function warnOfHiddenRoutes<Value>(
	table: RouteTable<Value>,
	operations: ReadonlyMap<Value, PathOperation>,
	warn: (line: string) => void,
): void {
	for (const [route, operation] of operations) {
		const path = samplePath(operation.template);
		for (const method of path === undefined ? [] : operation.methods) {
			const found = table.find(method, path as string);
			const earlier =
				found.kind === "found" && found.value !== route
					? operations.get(found.value)
					: undefined;
			if (
				earlier !== undefined &&
				covers(earlier.template, operation.template)
			) {
				warn(hiddenText(method, operation, earlier));
			}
		}
	}
}

function hiddenText(
	method: string,
	hidden: PathOperation,
	earlier: PathOperation,
): string {
	const path = hidden.template.text;
	return path === earlier.template.text
		? `${method} ${path} is declared twice: ${placeOf(earlier)} answers, ${placeOf(hidden)} never does; take one of them away`
		: `${method} ${path}${inBrackets(hidden)} is never reached: ${earlier.template.text}${inBrackets(earlier)} takes its requests; declare it before that`;
}

function placeOf({ endpoint, name }: PathOperation): string {
	const { file, line } = endpoint;
	const handler = name === "" ? "the handler" : `"${name}"`;
	return file === undefined ? handler : `${handler} at ${file}:${line}`;
}

function inBrackets({ endpoint: { file, line } }: PathOperation): string {
	return file === undefined ? "" : ` (${file}:${line})`;
}

/** A text that nobody writes into a path. */
const anyText = "\u{e000}";

const samples: Readonly<Record<string, string>> = {
	str: anyText,
	path: anyText,
	int: "0",
	float: "0.5",
	uuid: "00000000-0000-4000-8000-000000000000",
};

/** A path that the template matches; `undefined` where nobody knows what a type of the program's own takes. */
function samplePath({
	literals,
	parameters,
}: PathTemplate): string | undefined {
	const texts = parameters.map(({ converter }) =>
		Object.hasOwn(samples, converter) ? samples[converter] : undefined,
	);
	return texts.includes(undefined)
		? undefined
		: literals
				.map((literal) => literal.replaceAll("%", "%25"))
				.map((literal, index) => literal + (texts[index] ?? ""))
				.join("");
}

/** True when what matches the one also matches the other, segment by segment. */
function covers(earlier: PathTemplate, later: PathTemplate): boolean {
	const wide = segmentsOf(earlier);
	const narrow = segmentsOf(later);
	for (const [index, segment] of wide.entries()) {
		if (segment === "{:path}" && index === wide.length - 1) {
			return true;
		}
		const other = narrow[index];
		const isCovered =
			segment === other ||
			(segment === "{:str}" &&
				other !== undefined &&
				other !== "" &&
				!other.includes(":path}"));
		if (!isCovered) {
			return false;
		}
	}
	return wide.length === narrow.length;
}

/** Without the names of the parameters, which do not matter. */
function segmentsOf({ literals, parameters }: PathTemplate): string[] {
	return literals
		.map(
			(literal, index) =>
				literal +
				(index < parameters.length ? `{:${parameters[index]?.converter}}` : ""),
		)
		.join("")
		.split("/");
}
