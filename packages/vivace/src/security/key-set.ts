import { Buffer } from "node:buffer";
import type { JWTVerifyGetKey, LocalJWKSet } from "jose";
import type { JwksOptions } from "./jwt-options.ts";

/** Hears of what the operators should know. */
export type Warn = (message: string) => void;

/** There are no keys, so that nothing can be verified. */
export class NoKeysError extends Error {
	override readonly name = "NoKeysError";
}

/** More than any key set has; a provider that sends without end does not fill the memory. */
const limitBytes = 1_048_576;

/**
 * The keys of a provider: fetched when the app starts, kept, fetched anew when they are old or when a token names one that is not among them.
 * At most one fetch runs at a time, and none within the cooldown of the last. While the provider is away the last keys are used.
 */
export class KeySet {
	readonly #url: URL;
	readonly #timeoutMs: number;
	readonly #cooldownMs: number;
	readonly #maxAgeMs: number;
	readonly #toKeys: (set: unknown) => LocalJWKSet;
	readonly #isUnknownKey: (error: unknown) => boolean;
	readonly #closed = new AbortController();
	#keys: LocalJWKSet | undefined;
	#loadedAtMs = 0;
	#triedAtMs: number = Number.NEGATIVE_INFINITY;
	#loading: Promise<void> | undefined;
	#failure: unknown;

	/**
	 * @param toKeys makes keys of a parsed answer; throws for what is no key set
	 * @param isUnknownKey true for the error of keys that have not the one that was asked for
	 */
	constructor(
		options: JwksOptions,
		toKeys: (set: unknown) => LocalJWKSet,
		isUnknownKey: (error: unknown) => boolean,
	) {
		this.#url = new URL(options.url);
		this.#timeoutMs = options.timeoutMs ?? 5_000;
		this.#cooldownMs = options.cooldownMs ?? 30_000;
		this.#maxAgeMs = options.maxAgeMs ?? 600_000;
		this.#toKeys = toKeys;
		this.#isUnknownKey = isUnknownKey;
	}

	/** Finds the key of a token. @throws NoKeysError when there are none at all; what jose throws for a key that is not among them */
	readonly find: JWTVerifyGetKey = async (header, token) => {
		if (this.#keys === undefined) {
			await this.#loadUnlessCooling();
		} else if (performance.now() - this.#loadedAtMs > this.#maxAgeMs) {
			void this.#loadUnlessCooling();
		}
		const keys = this.#keys;
		if (keys === undefined) {
			throw this.#noKeys();
		}
		try {
			return await keys(header, token);
		} catch (error) {
			if (!this.#isUnknownKey(error)) {
				throw error;
			}
			await this.#loadUnlessCooling();
			if (this.#keys === keys) {
				throw error;
			}
			return (this.#keys as LocalJWKSet)(header, token);
		}
	};

	/** Where failed fetches are told, once an app has said so. */
	warn: Warn | undefined;

	/** Fetches the keys. Never rejects: an app whose provider is away starts, and says that it is not ready. */
	load(signal?: AbortSignal): Promise<void> {
		this.#loading ??= this.#load(signal).finally(() => {
			this.#loading = undefined;
		});
		return this.#loading;
	}

	/** For readiness: tries again, as no requests may come until it says yes. @throws NoKeysError */
	async assertKeys(): Promise<void> {
		if (this.#keys === undefined) {
			await this.#loadUnlessCooling();
		}
		if (this.#keys === undefined) {
			throw this.#noKeys();
		}
	}

	/** Gives up what is being fetched. */
	close(): void {
		this.#closed.abort();
	}

	#noKeys(): NoKeysError {
		return new NoKeysError(
			`there are no keys from ${this.#place}: ${this.#reason}`,
			{ cause: this.#failure },
		);
	}

	/** The address without what may be secret in it. */
	get #place(): string {
		return this.#url.origin + this.#url.pathname;
	}

	/** Why there are none. Deno tells the whole address. */
	get #reason(): string {
		return reasonOf(this.#failure).replaceAll(this.#url.href, this.#place);
	}

	async #loadUnlessCooling(): Promise<void> {
		const isCooling = performance.now() - this.#triedAtMs < this.#cooldownMs;
		if (this.#loading !== undefined || !isCooling) {
			await this.load();
		}
	}

	async #load(signal: AbortSignal | undefined): Promise<void> {
		this.#triedAtMs = performance.now();
		const signals = [AbortSignal.timeout(this.#timeoutMs), this.#closed.signal];
		try {
			this.#keys = this.#toKeys(
				await this.#fetch(
					AbortSignal.any(signal ? [...signals, signal] : signals),
				),
			);
			this.#loadedAtMs = performance.now();
			this.#failure = undefined;
		} catch (error) {
			this.#failure = error;
			if (!this.#closed.signal.aborted) {
				const what =
					this.#keys === undefined
						? "there are none"
						: "the last ones are used";
				this.warn?.(
					`the keys of ${this.#place} could not be fetched, ${what}: ${this.#reason}`,
				);
			}
		}
	}

	async #fetch(signal: AbortSignal): Promise<unknown> {
		const response = await fetch(this.#url, {
			headers: { accept: "application/jwk-set+json, application/json" },
			redirect: "error",
			signal,
		});
		if (response.status !== 200 || response.body === null) {
			await response.body?.cancel();
			throw new Error(`the answer was ${response.status}`);
		}
		const pieces: Uint8Array[] = [];
		let size = 0;
		for await (const piece of response.body) {
			size += piece.length;
			if (size > limitBytes) {
				throw new Error(`the answer is larger than ${limitBytes} bytes`);
			}
			pieces.push(piece);
		}
		return JSON.parse(Buffer.concat(pieces).toString());
	}
}

function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) {
		return String(error);
	}
	const { cause, message } = error;
	return cause instanceof Error ? `${message} (${cause.message})` : message;
}
