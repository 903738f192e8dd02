import { programPlace } from "../errors/program-stack.ts";
import { isUnderTest } from "./unserved.ts";

/** How many are remembered: a program that makes more makes them again and again. */
const mostPlaces = 1000;

/** Those that nothing has taken yet, in the order in which they were made. */
const unplaced = new Set<Place>();

/** Resources, which nothing may name yet, with where each was made. */
const resources = new Map<UsableResource, Error>();

/** A resource that is acquired if a record, or an app's list, names it. */
export interface UsableResource {
	readonly label: string;
	readonly isNamed: boolean;
}

/** A router or an app, from when it is made until something takes it; of no other use, so that it keeps nothing alive. */
export interface Place {
	readonly kind: "Router" | "App" | "OutgoingRouter";
	/** Made where it was made. */
	readonly made: Error;
	/** Its declarations, in the order of the declarations: `GET /users`. */
	readonly declared: string[];
}

/** Remembers a router or an app that was made. A test makes many that it never serves. */
export function notePlace(kind: Place["kind"]): Place {
	const place: Place = { kind, made: new Error(), declared: [] };
	if (unplaced.size < mostPlaces && !isUnderTest()) {
		unplaced.add(place);
	}
	return place;
}

/** It was included, mounted, served or used in another way. */
export function takePlace(place: Place): void {
	unplaced.delete(place);
}

/** Remembers a resource that was declared. */
export function noteResource(resource: UsableResource): void {
	if (resources.size < mostPlaces && !isUnderTest()) {
		resources.set(resource, new Error());
	}
}

/** Sentences about resources that nothing has named, by which nothing acquires them. Each is told once. */
function unnamedResources(): string[] {
	const lines = [...resources].flatMap(([{ isNamed, label }, made]) => {
		const where = isNamed ? undefined : programPlace(made);
		return where === undefined
			? []
			: [
					`${where}: the resource ${label === where ? "" : `"${label}" `}is named nowhere, so that it is never acquired; name it in a record, or write new App({ resources: [resource] })`,
				];
	});
	resources.clear();
	return lines;
}

/** Sentences about what the program has declared in routers, which nothing has taken. Each is told once. */
function unplacedRouters(): string[] {
	return unplacedLines((kind) => kind !== "App");
}

/** Sentences about routers and resources, for who looks at an app without serving it. Each is told once. */
export function declaredInVain(): string[] {
	return [...unplacedRouters(), ...unnamedResources()];
}

function unplacedLines(isWanted: (kind: Place["kind"]) => boolean): string[] {
	return [...unplaced].flatMap((place) => {
		const line = isWanted(place.kind) ? lineOf(place) : undefined;
		if (line === undefined) {
			return [];
		}
		unplaced.delete(place);
		return [line];
	});
}

/** `undefined` where nothing is lost, and for what is not the program's own. */
function lineOf({ kind, made, declared }: Place): string | undefined {
	const [first] = declared;
	const where = programPlace(made);
	if (first === undefined || where === undefined) {
		return undefined;
	}
	const more = declared.length === 1 ? "" : ` and ${declared.length - 1} more`;
	const [what, fate, remedy] = fates[kind];
	return `${where}: ${what} with ${first}${more} is ${fate}; ${remedy}`;
}

const fates = {
	Router: [
		"a Router",
		"included nowhere, so that no request reaches it",
		"write app.include(router)",
	],
	OutgoingRouter: [
		"an OutgoingRouter",
		"used nowhere, so that no document names it",
		"write { path, callbacks: router } for a route, or new App({ webhooks: router })",
	],
	App: [
		"an App",
		"neither served nor mounted, so that no request reaches it",
		'write app.mount("/path", other)',
	],
} as const;

/** How long after a start another app of the same program may be served. */
const patienceMs = 1000;

/** Tells what a program that serves has declared in vain. Apps and resources later than routers: the next line may serve another app. */
export function tellUnplaced(log: { warn(line: string): void }): void {
	for (const line of unplacedRouters()) {
		log.warn(line);
	}
	if (unplaced.size === 0 && resources.size === 0) {
		return;
	}
	const timer = setTimeout(() => {
		const apps = unplacedLines((kind) => kind === "App");
		for (const line of [...apps, ...unnamedResources()]) {
			log.warn(line);
		}
	}, patienceMs);
	timer.unref?.();
}
