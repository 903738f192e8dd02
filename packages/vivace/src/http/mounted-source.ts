import { behindPrefix } from "./raw-path.ts";
import type { Request } from "./request.ts";
import type { ClientAddress, RequestSource } from "./request-source.ts";

/** A request as what is mounted below a path sees it: the path behind that one, everything else as it was. */
export class MountedSource implements RequestSource {
	readonly target: string;
	readonly #outer: Request;

	/** @param path below which it is mounted, decoded, without a final slash */
	constructor(outer: Request, path: string) {
		this.#outer = outer;
		const rest = behindPrefix(outer.routePath, path) || "/";
		this.target = rest + outer.search;
	}

	get method(): string {
		return this.#outer.method;
	}

	get scheme(): "http" | "https" {
		return this.#outer.source.scheme;
	}

	get client(): ClientAddress | undefined {
		return this.#outer.client;
	}

	get httpVersion(): string | undefined {
		return this.#outer.httpVersion;
	}

	get signal(): AbortSignal {
		return this.#outer.signal;
	}

	get onUnhandledError(): ((error: unknown) => void) | undefined {
		return this.#outer.source.onUnhandledError;
	}

	get takeOver(): RequestSource["takeOver"] {
		const { source } = this.#outer;
		return source.takeOver && ((...taken) => source.takeOver?.(...taken));
	}

	get upgrade(): RequestSource["upgrade"] {
		return this.#outer.source.upgrade;
	}

	header(name: string): string | undefined {
		return this.#outer.header(name);
	}

	headerEntries(): Iterable<readonly [string, string]> {
		return this.#outer.source.headerEntries();
	}

	/** Middleware of the outer app may have read it already. */
	readBody(limitBytes: number): Promise<Uint8Array> {
		return this.#outer.bytesWithin(limitBytes);
	}

	bodyChunks(): AsyncIterable<Uint8Array> {
		return this.#outer.stream();
	}
}
