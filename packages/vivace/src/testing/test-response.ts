import { statusCodes } from "../errors/status-phrase.ts";

/** The answer that a {@link TestResponse} is made from. */
interface TestAnswer {
	readonly method: string;
	readonly url: string;
	readonly status: number;
	readonly headers: Headers;
	readonly body: Uint8Array<ArrayBuffer> | null;
	readonly elapsedMs: number;
	readonly history: readonly TestResponse[];
}

/**
 * The whole answer to a request of a `TestClient`: the runtime's own `Response`, and how it came.
 *
 * @see HTTPX, `Response`
 */
export class TestResponse extends Response {
	/** The method of the request that it answers: `GET` after a 303. */
	readonly method: string;
	/** The redirects that led to it, the first first. */
	readonly history: readonly TestResponse[];
	/** From the moment in which the request was sent until the answer was there and its background tasks had run, in milliseconds. */
	readonly elapsedMs: number;
	/** The absolute address that gave it: after redirects the last. */
	override readonly url: string;
	/** True when redirects led to it. */
	override readonly redirected: boolean;
	readonly #answer: TestAnswer;

	/** @internal */
	constructor(answer: TestAnswer) {
		const { status, headers } = answer;
		super(answer.body, { status, headers });
		this.method = answer.method;
		this.history = answer.history;
		this.elapsedMs = answer.elapsedMs;
		this.url = answer.url;
		this.redirected = answer.history.length > 0;
		this.#answer = answer;
	}

	override clone(): TestResponse {
		super.clone(); // throws where the body has been read
		return new TestResponse(this.#answer);
	}

	/**
	 * Itself, where the status is one of success (200 to 299): `const { id } = await response.raiseForStatus().json()`.
	 *
	 * @throws HTTPStatusError for any other status, naming the request and the beginning of the body
	 * @see HTTPX, `Response.raise_for_status`
	 */
	raiseForStatus(): this {
		if (!this.ok) {
			throw new HTTPStatusError(this, this.#answer.body);
		}
		return this;
	}
}

/** An answer that was to be one of success, and was not. */
export class HTTPStatusError extends Error {
	override readonly name: string = "HTTPStatusError";
	readonly response: TestResponse;

	/** @internal */
	constructor(response: TestResponse, bytes: Uint8Array | null) {
		const { method, url, status } = response;
		const location = response.headers.get("location");
		const text = new TextDecoder().decode(bytes?.subarray(0, shownBytes));
		const told = location === null ? text : `to ${location}`;
		super(
			`${method} ${url}: ${status} ${statusCodes[status] ?? ""}${told === "" ? "" : `: ${told}`}`,
		);
		this.response = response;
	}
}

const shownBytes = 1_000;
