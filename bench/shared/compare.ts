import type { BenchRequest, RefusedRequest } from "./bench-request.ts";
import type { ServerProcess } from "./server-process.ts";

interface Answer {
	readonly status: number;
	/** Without parameters: `charset` has no meaning for JSON (RFC 8259 §11). */
	readonly mediaType: string | undefined;
	readonly body: string;
}

/**
 * Sends each request, in this order, to every server and compares the answers with the first server's: status (200), media type, and
 * body, after `normalise`.
 *
 * @returns The differences, one a line; empty when all are equal.
 */
export async function compareAnswers(
	servers: readonly ServerProcess[],
	requests: readonly BenchRequest[],
	normalise: (body: string) => string = (body) => body,
): Promise<string[]> {
	const differences: string[] = [];
	for (const request of requests) {
		const answers = await Promise.all(
			servers.map(async (server) => {
				const answer = await ask(server, request);
				return JSON.stringify({ ...answer, body: normalise(answer.body) });
			}),
		);
		const [expected = ""] = answers;
		for (const [index, answer] of answers.entries()) {
			if (answer === expected && answer.startsWith('{"status":200,')) {
				continue;
			}
			differences.push(
				`${request.method} ${request.target} ${request.body ?? ""}: ${servers[index]?.name} answers ${answer}, expected ${expected}`,
			);
		}
	}
	return differences;
}

/** @returns The servers that answer another status to what they have to refuse, one a line; empty if none does. */
export async function compareRefusals(
	servers: readonly ServerProcess[],
	requests: readonly RefusedRequest[],
): Promise<string[]> {
	const differences: string[] = [];
	for (const { title, request, status } of requests) {
		for (const server of servers) {
			const answer = await ask(server, request);
			if (answer.status === status) {
				continue;
			}
			differences.push(
				`${title}: ${server.name} answers ${answer.status}, expected ${status}`,
			);
		}
	}
	return differences;
}

/** Sends one request on a connection of its own. */
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
		body: await response.text(),
	};
}

/** Says that the answers are equal, or how they differ; then the process ends with 1. */
export function reportDifferences(
	servers: readonly ServerProcess[],
	differences: readonly string[],
): void {
	if (differences.length > 0) {
		const lines = differences.map(withoutMiddle).join("\n  ");
		console.error(`The answers differ:\n  ${lines}`);
		process.exitCode = 1;
		return;
	}
	const names = servers.map(({ name }) => name).join(", ");
	console.log(`The answers of ${names} are equal.\n`);
}

/** A body may be long; what differs stands at the end. */
function withoutMiddle(text: string): string {
	return text.length <= 1000
		? text
		: `${text.slice(0, 200)} … ${text.slice(-600)}`;
}
