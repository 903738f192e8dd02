import type { Middleware } from "../http/middleware.ts";
import type { RequestApp } from "../http/request.ts";
import type { AppOptions } from "./app-options.ts";
import type { ExceptionHandlers } from "./exception-handlers.ts";
import type { PlacedFrontend } from "./frontend.ts";
import type { Logger } from "./logger.ts";
import type { ForeignTarget } from "./mount.ts";
import type { MountSite } from "./mount-site.ts";
import type { DependencyOverrides } from "./overrides.ts";
import type { OwnedLifespan } from "./owned-lifespan.ts";
import type { PathOperation } from "./path-operation.ts";
import type { NamedRoutes } from "./route-names.ts";
import type { SocketOperation } from "./socket-operation.ts";

/** A target below a path of an app, or at a host. */
export interface Mounted {
	readonly site: MountSite;
	readonly target: AppParts | ForeignTarget;
}

/** The declarations of an app. */
export interface AppParts {
	readonly isAppParts: true;
	/** The app itself, which its requests name. */
	readonly app: RequestApp;
	/** The members that the program has written into the app's state; the lifespan's values are added while it lives. */
	readonly state: Record<string, unknown>;
	readonly options: AppOptions;
	/** Its documentation first. */
	readonly operations: readonly PathOperation[];
	readonly sockets: readonly SocketOperation[];
	readonly mounts: readonly Mounted[];
	readonly frontends: readonly PlacedFrontend[];
	/** Outermost first. */
	readonly lifespans: readonly OwnedLifespan[];
	readonly middleware: readonly Middleware[];
	readonly handlers: ExceptionHandlers;
	readonly overrides: DependencyOverrides;
	readonly logger: Logger;
	/** True when it was told that it is about to stop. */
	readonly isShuttingDown: () => boolean;
}

export function isAppParts(
	target: AppParts | ForeignTarget,
): target is AppParts {
	return "isAppParts" in target;
}

/** The names from which paths are made, of the app and of what is mounted in it. */
export function namedRoutes({
	operations,
	sockets,
	mounts,
}: AppParts): NamedRoutes {
	const socketNames = sockets.map(({ operation: { name, template } }) => ({
		name,
		template,
		isSocket: true,
	}));
	return {
		operations: [...operations, ...socketNames],
		mounts: mounts.map(({ site, target }) => ({
			site,
			routes: isAppParts(target) ? namedRoutes(target) : undefined,
		})),
	};
}
