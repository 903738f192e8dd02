import type { App } from "../app/app.ts";
import { causesOf } from "../errors/causes.ts";
import type { AppPort } from "../http/app-port.ts";
import type { Exchange } from "../http/exchange.ts";
import {
	excerptOf,
	type SourceExcerpt,
	type StackFrame,
	stackFrames,
} from "./own-stack.ts";
import { listRoutes } from "./route-list.ts";

/** An error that nothing has handled, as `vivace dev` tells it. */
export interface ErrorReport {
	/** The error and its causes, the outermost first. */
	readonly errors: readonly ReportedError[];
	/** As it was asked for: `GET /items/7?q=a`. */
	readonly request: string;
	/** The route that took it, with what it declares. */
	readonly route: ReportedRoute | undefined;
}

/** One error of an {@link ErrorReport}. */
export interface ReportedError {
	readonly name: string;
	readonly message: string;
	/** The frames of the program, the innermost first. */
	readonly own: readonly StackFrame[];
	/** Those of packages and of the runtime. */
	readonly foreign: readonly StackFrame[];
	/** The lines around the innermost frame of the program. */
	readonly excerpt: SourceExcerpt | undefined;
}

/** The route of an {@link ErrorReport}. */
export interface ReportedRoute {
	readonly path: string;
	/** Name of the handler. */
	readonly name: string;
	/** By name, with where it stands: `item_id (path)`. */
	readonly parameters: readonly string[];
	/** In the order in which they are made, with their scope: `pool (app)`. */
	readonly dependencies: readonly string[];
}

/** The report of an error with which a request has ended; before `foldStack` has rewritten it. */
export function reportOf(
	error: unknown,
	exchange: Exchange,
	app: AppPort,
): ErrorReport {
	const { method, target } = exchange.source;
	return {
		errors: causesOf(error).map(reportedError),
		request: `${method} ${target}`,
		route: routeOf(exchange, app),
	};
}

function reportedError(error: unknown): ReportedError {
	const frames = stackFrames(error);
	const own = frames.filter(({ isOwn }) => isOwn);
	return {
		name: error instanceof Error ? error.name : typeof error,
		message: error instanceof Error ? error.message : String(error),
		own,
		foreign: frames.filter(({ isOwn }) => !isOwn),
		excerpt: own[0] && excerptOf(own[0], 4),
	};
}

function routeOf(exchange: Exchange, app: AppPort): ReportedRoute | undefined {
	const { method } = exchange.source;
	const path = exchange.app?.routePathOf?.(exchange);
	if (path === undefined || !("operations" in app)) {
		return undefined;
	}
	const served = app as unknown as App; // by its methods: it may be of another copy of this package
	const route = listRoutes(served).find(
		(listed) => listed.path === path && listed.methods.includes(method),
	);
	return {
		path,
		name: route?.name ?? "",
		parameters: parametersOf(served, path, method),
		dependencies:
			route?.dependencies.map(({ name, scope }) => `${name} (${scope})`) ?? [],
	};
}

function parametersOf(app: App, path: string, method: string): string[] {
	const plain = path.replaceAll(/\{(\w+):\w+\}/g, "{$1}");
	const operation = app.openapi().paths?.[plain]?.[method.toLowerCase()] as
		| DescribedOperation
		| undefined;
	return [
		...(operation?.parameters ?? []).map(
			(parameter) => `${parameter.name} (${parameter.in})`,
		),
		...(operation?.requestBody === undefined ? [] : ["body"]),
	];
}

interface DescribedOperation {
	readonly parameters?: readonly {
		readonly name: string;
		readonly in: string;
	}[];
	readonly requestBody?: unknown;
}
