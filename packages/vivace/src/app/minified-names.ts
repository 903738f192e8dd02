import type { Logger } from "./logger.ts";
import type { PathOperation } from "./path-operation.ts";

let isTold = false;

/** Written as most handlers are: a minifier that renames no declaration may still drop the name of an expression. */
const probe: { readonly name: string } = function keptByBundlers() {};

/**
 * Warns once where a minifier has renamed functions: what a handler is called is its route's name, from which the document's ids and
 * summaries are made, and clients' functions are named after these. It is seen by a function of ours, so only where the package is in
 * the bundle too.
 */
export function warnOfMinifiedNames(
	operations: readonly PathOperation[],
	logger: Logger,
): void {
	if (isTold || probe.name === "keptByBundlers") {
		return;
	}
	const needsName = operations.some(
		({ includeInSchema, options: { name, operationId } }) =>
			includeInSchema && name === undefined && operationId === undefined,
	);
	if (needsName) {
		isTold = true;
		logger.warn(
			"A minifier has renamed the functions of this program: operation ids and summaries of the document, made of handlers' names, are others than before. Keep names (esbuild --minify --keep-names, rolldown output.keepNames), or give routes a name.",
		);
	}
}
