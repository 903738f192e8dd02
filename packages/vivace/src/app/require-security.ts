import { beginAt } from "../errors/program-stack.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { DependencyGraph } from "../inject/graph.ts";
import { type AppParts, isAppParts } from "./app-parts.ts";
import { operationGraph } from "./compile.ts";
import type { MountPlace } from "./mount-site.ts";
import { socketGraph } from "./socket-operation.ts";

/**
 * Looks for what may be called without credentials, where `requireSecurity` says that nothing may. Dependencies that stand in for others in a
 * test don't count: the app is the same without them.
 *
 * @param isRequired what the app around this one says
 * @param outerNames the names of the parameters in the paths and hosts around it
 * @throws SetupError `VIV_SECURITY`
 */
export function assertSecured(
	{ frontends, mounts, operations, options, sockets }: AppParts,
	isRequired = false,
	outerNames: readonly string[] = [],
): void {
	const isWanted = options.requireSecurity ?? isRequired;
	if (isWanted) {
		const fronts = frontends.map(({ operation }) => operation);
		const place = { overrides: none, outerNames };
		const all = [
			...[...operations, ...fronts].map((operation) => ({
				operation,
				graph: () => operationGraph(operation, place),
			})),
			...sockets.map((socket) => ({
				operation: socket.operation,
				graph: () => socketGraph(socket, place),
			})),
		];
		for (const { operation, graph } of all) {
			if (!operation.isPublic && !isSecured(graph())) {
				throw operation.endpoint.begun(
					new SetupError(
						"VIV_SECURITY",
						`${operation.where} needs no security scheme that lets nobody pass without credentials, but the app says requireSecurity; ` +
							"let it need one, or give it public: true.",
					),
				);
			}
		}
	}
	for (const { site, target } of mounts) {
		const isInnerWanted = isWanted && !site.place.isPublic;
		if (isAppParts(target)) {
			assertSecured(target, isInnerWanted, [...outerNames, ...site.names]);
		} else if (isInnerWanted) {
			const error = new SetupError(
				"VIV_SECURITY",
				`what is mounted at "${placeText(site.place)}" answers by itself, so no security scheme is known of it, but the app says requireSecurity; give the mount public: true, or put an app around it.`,
			);
			beginAt(error, site.place.declared);
			throw error;
		}
	}
}

const none = { size: 0, get: () => undefined };

/** True when a request without credentials does not reach the handler. */
export function isSecured({ security }: DependencyGraph): boolean {
	return security.some(({ declaration }) => declaration.isRequired !== false);
}

function placeText({ host = "", path }: MountPlace): string {
	return `${host}${path}` || "/";
}
