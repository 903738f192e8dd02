import type { OptionRules } from "../errors/options.ts";
import type { ClientAddress } from "../http/request-source.ts";
import { headersMistake } from "../http/response-headers.ts";
import {
	type BasicAuth,
	basicAuthMistake,
	clientMistake,
	type TestHeaders,
	type TestRequest,
} from "./test-request.ts";

/** Options of `TestClient.start`. */
export interface TestClientOptions {
	/** The base of relative addresses. Default: `http://testserver`. */
	readonly baseUrl?: string;
	/** Prefix that a proxy would strip; an app's own `rootPath` counts first. Default: none. */
	readonly rootPath?: string;
	/** Headers of every request, see `TestClient.headers`. Default: `user-agent: testclient`, which is always there. */
	readonly headers?: TestHeaders;
	/** Query parameters of every request, see `TestClient.query`. Default: none. */
	readonly query?: TestRequest["query"];
	/** See `TestClient.auth`. Default: none. */
	readonly auth?: BasicAuth;
	/** The address that requests come from: `request.client`. Default: `{ host: "testclient", port: 50000 }`. */
	readonly client?: ClientAddress;
	/** True when redirects are followed. Default: true. */
	readonly followRedirects?: boolean;
	/** True throws an error that nothing in the app has answered, rather than showing the 500 that a client gets. Default: true. */
	readonly throwServerErrors?: boolean;
	/**
	 * How long background tasks and request scope may take after an answer, and requests that are still running when the client is
	 * closed, in milliseconds. Default: 30,000.
	 */
	readonly settleTimeoutMs?: number;
	/**
	 * The consequence when something that the app began is still there after it has stopped: a resource, a generator dependency, a
	 * background task, a scope, a timer, socket, thread or child process that keeps the process alive. `"throw"`: closing the client throws a
	 * `LeakError`; `"warn"`: a process warning with the code `VIV_LEAK`; `"ignore"`: nothing is watched. Default: `"throw"`.
	 */
	readonly leaks?: "throw" | "warn" | "ignore";
}

/** Rules of {@link TestClientOptions}. */
export const clientRules: OptionRules<TestClientOptions> = {
	baseUrl: "text",
	rootPath: "text",
	headers: headersMistake,
	query: "record",
	auth: basicAuthMistake,
	client: clientMistake,
	followRedirects: "boolean",
	throwServerErrors: "boolean",
	settleTimeoutMs: "milliseconds",
	leaks: ["throw", "warn", "ignore"],
};
