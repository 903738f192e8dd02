import { TestClient } from "vivace/testing";
import type { Random } from "./random.ts";
import {
	type FuzzedDocument,
	type FuzzedRequest,
	RequestMaker,
} from "./requests.ts";
import type { FuzzTarget } from "./targets.ts";

/** A request that was answered as none may be. */
export interface Finding {
	readonly target: string;
	readonly request: FuzzedRequest;
	/** `500`, or that there was no answer in time. */
	readonly outcome: string;
	/** The app's log of it. */
	readonly logged: string;
}

/** How many requests an app was sent, and their findings. */
export interface FuzzReport {
	readonly sent: number;
	/** The last one of each operation. */
	readonly findings: readonly Finding[];
}

/** How long an answer may take. */
const limitMs = 10_000;
/** How long a stream that may have no end is listened to. */
const streamMs = 50;

/** Sends requests to an app in process; a finding for each that is answered with 5xx or not at all. */
export async function fuzzTarget(
	target: FuzzTarget,
	count: number,
	random: Random,
	onRequest: (request: FuzzedRequest) => void = () => undefined,
): Promise<FuzzReport> {
	await using made = await target.make();
	using log = new QuietConsole();
	const document = made.app.openapi() as unknown as FuzzedDocument;
	const maker = new RequestMaker(document, random);
	const found = new Map<string, Finding>();
	let sent = 0;
	await using client = await TestClient.start(made.app, {
		followRedirects: false,
		throwServerErrors: false,
		leaks: "ignore",
	});
	for (; sent < count && maker.size > 0; sent++) {
		const request = maker.make();
		onRequest(request);
		log.clear();
		const outcome = await answerTo(client, request);
		if (isRight(outcome)) {
			continue;
		}
		found.set(`${outcome} ${request.operation}`, {
			target: target.name,
			request,
			outcome: String(outcome),
			logged: log.text,
		});
	}
	return { sent, findings: [...found.values()] };
}

/** The status; `undefined` for a stream that was left, and for what no client can send. */
async function answerTo(
	client: TestClient,
	{ method, url, headers, body, isStreamed }: FuzzedRequest,
): Promise<number | string | undefined> {
	const signal = AbortSignal.timeout(isStreamed ? streamMs : limitMs);
	try {
		const response = await client.request(method, url, {
			headers,
			signal,
			...(body !== undefined && { body }),
		});
		return response.status;
	} catch (error) {
		if (!signal.aborted) {
			return error instanceof TypeError ? undefined : String(error);
		}
		return isStreamed ? undefined : `no answer within ${limitMs} ms`;
	}
}

function isRight(outcome: number | string | undefined): boolean {
	return (
		outcome === undefined || (typeof outcome === "number" && outcome < 500)
	);
}

/** Keeps what is written to the console, until it is disposed of. */
class QuietConsole {
	readonly #methods = ["log", "info", "warn", "error"] as const;
	readonly #before = this.#methods.map((name) => console[name]);
	#lines: string[] = [];

	constructor() {
		for (const name of this.#methods) {
			console[name] = (...parts: unknown[]) => {
				this.#lines.push(parts.map(textOf).join(" "));
			};
		}
	}

	get text(): string {
		return this.#lines.join("\n");
	}

	clear(): void {
		this.#lines = [];
	}

	[Symbol.dispose](): void {
		for (const [index, name] of this.#methods.entries()) {
			console[name] = this.#before[index] as typeof console.log;
		}
	}
}

function textOf(part: unknown): string {
	return part instanceof Error ? (part.stack ?? part.message) : String(part);
}
