import type { ServerProcess } from "./server-process.ts";
import { type BenchRequest, refusedRequests, workloads } from "./workloads.ts";

interface Answer {
	readonly status: number;
	/** Without parameters: `charset` has no meaning for JSON (RFC 8259 §11). */
	readonly mediaType: string | undefined;
	readonly body: string;
}

/**
 * Compares every server's answers with the first's: status, media type and body where the request is right, the status where it is not.
 *
 * @returns the differences, one a line; empty when all are equal
 */
export async function compareAnswers(
	servers: readonly ServerProcess[],
): Promise<string[]> {
	const differences: string[] = [];
	for (const { name, request } of workloads) {
		const [expected, ...others] = await Promise.all(
			servers.map(async (server) => ({
				server: server.name,
				...(await ask(server, request)),
			})),
		);
		for (const other of others) {
			const { server, ...answer } = other;
			const { server: _, ...wanted } = expected as typeof other;
			if (answer.status !== 200 || !isEqual(answer, wanted)) {
				differences.push(
					`${name}: ${server} answers ${JSON.stringify(answer)}, expected ${JSON.stringify(wanted)}`,
				);
			}
		}
	}
	for (const { title, request, status } of refusedRequests) {
		for (const server of servers) {
			const answer = await ask(server, request);
			if (answer.status !== status) {
				differences.push(
					`${title}: ${server.name} answers ${answer.status}, expected ${status}`,
				);
			}
		}
	}
	return differences;
}

async function ask(
	server: ServerProcess,
	{ method, target, headers, body }: BenchRequest,
): Promise<Answer> {
	const response = await fetch(`http://127.0.0.1:${server.port}${target}`, {
		method,
		headers: { ...headers, connection: "close" },
		body: body ?? null,
	});
	return {
		status: response.status,
		mediaType: response.headers.get("content-type")?.split(";")[0]?.trim(),
		body: sortKeys(await response.text()),
	};
}

function isEqual(one: Answer, other: Answer): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}

/** The order of an object's keys carries no meaning. */
function sortKeys(text: string): string {
	try {
		const entries = Object.entries<unknown>(JSON.parse(text));
		return JSON.stringify(Object.fromEntries(entries.sort(byKey)));
	} catch {
		return text; // not JSON: compared as it is
	}
}

function byKey([one]: [string, unknown], [other]: [string, unknown]): number {
	return one < other ? -1 : 1;
}
