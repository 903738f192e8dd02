import { LifespanError, SetupError } from "../../errors/setup-error.ts";
import {
	messageOf,
	predicateOf,
	ResourceProblem,
} from "../resource-problem.ts";
import type { ResourceRun } from "../resource-run.ts";
import { isSettled } from "../resource-run.ts";

/** A resource that could not be acquired, and why. */
export interface Failure {
	readonly run: ResourceRun;
	readonly error: unknown;
}

/**
 * The error with which start-up ends: names the resource, what needed it and what to do; its `cause` is what failed first, its
 * `errors` are what failed beside it. A `LifespanError` of the program's own comes out as it is.
 */
export function startFailure(
	first: Failure,
	errors: readonly unknown[],
): unknown {
	const { run, error } = first;
	if (error instanceof LifespanError) {
		return error;
	}
	const what =
		error instanceof ResourceProblem
			? error.message
			: `could not be acquired: ${messageOf(error).replace(/\.$/, "")}`;
	const cause = error instanceof ResourceProblem ? {} : { cause: error };
	return new LifespanError(
		`"${run.name}" ${what}${neededByText(run)}${remedy(run, error)}${besides(errors)}`,
		{ ...cause, errors },
	);
}

/** The failure of one resource beside the first, with its name. */
export function besideFailure({ run, error }: Failure): LifespanError {
	const options = error instanceof ResourceProblem ? {} : { cause: error };
	return new LifespanError(`"${run.name}" ${predicateOf(error)}`, options);
}

/** The error with which start-up ends when its time as a whole is up; to be made with what failed while it was undone. */
export function startTimeout(
	runs: readonly ResourceRun[],
	limitMs: number,
): (errors: readonly unknown[]) => LifespanError {
	const late = runs
		.filter((run) => !isSettled(run))
		.map((run) => `"${run.name}" (${waitText(run)})`);
	const message = `start-up took longer than the ${limitMs} ms that it may take in all (startupTimeoutMs); not ready: ${late.join(", ")}`;
	return (errors) => new LifespanError(message + besides(errors), { errors });
}

/** True when a resource failed only because start-up was given up for `reason`. */
export function isGivingUp(error: unknown, reason: unknown): boolean {
	if (error === reason) {
		return true;
	}
	if (!(error instanceof Error)) {
		return false;
	}
	return error.name === "AbortError" || error.cause === reason;
}

function waitText(run: ResourceRun): string {
	const missing = run.needs.filter((need) => !isSettled(need));
	if (missing.length === 0) {
		return "starting";
	}
	return `waiting for ${missing.map((need) => `"${need.name}"`).join(", ")}`;
}

function neededByText(run: ResourceRun): string {
	const chain = chainOfDependants(run);
	return chain.length > 1 ? ` (needed: ${chain.join(" ← ")})` : "";
}

/** The shortest way from the resource to a path operation; without any, the first dependants. */
function chainOfDependants(run: ResourceRun): string[] {
	const seen = new Set([run]);
	const queue: { run: ResourceRun; path: string[] }[] = [
		{ run, path: [`"${run.name}"`] },
	];
	let longest: string[] = [];
	for (const { run, path } of queue) {
		const [operation, ...more] = run.node.neededBy ?? [];
		if (operation !== undefined) {
			return [...path, andMore(operation, more)];
		}
		if (path.length > longest.length) {
			longest = path;
		}
		for (const dependant of run.neededBy) {
			if (seen.has(dependant)) {
				continue;
			}
			seen.add(dependant);
			queue.push({ run: dependant, path: [...path, `"${dependant.name}"`] });
		}
	}
	return longest;
}

function andMore(operation: string, more: readonly string[]): string {
	return more.length === 0 ? operation : `${operation} and ${more.length} more`;
}

function remedy(run: ResourceRun, error: unknown): string {
	if (error instanceof ResourceProblem) {
		return error.isMistake
			? ""
			: "; give it more time, or 0 for as long as it takes";
	}
	const isMigration = error instanceof Error && error.name === "MigrationError"; // of a package that need not be there
	if (isMigration || error instanceof SetupError) {
		return ""; // no later start would do
	}
	if (run.attempts > 1) {
		return `; it was tried ${run.attempts} times: if it may come up later still, give it more in { retry: { times } }, and if the app can serve without it { optional: true }`;
	}
	return "; if it may come up later than the app, give it { retry: { times } }, and if the app can serve without it { optional: true }";
}

function besides(errors: readonly unknown[]): string {
	return errors.length === 0
		? ""
		: `; besides: ${errors.map((error) => (error instanceof LifespanError ? error.message.replace(/^VIV_LIFESPAN: /, "") : messageOf(error))).join("; ")}`;
}
