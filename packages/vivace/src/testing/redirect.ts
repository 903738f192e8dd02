import {
	headerLines,
	type RequestDefaults,
	type TestRequest,
} from "./test-request.ts";

/** A request of a `TestClient`, made up but for its cookies. */
export interface SentRequest {
	readonly method: string;
	readonly address: URL;
	/** Names in lower case. */
	readonly headers: readonly (readonly [name: string, value: string])[];
	/** Its body, cookies and signal. */
	readonly options: TestRequest;
}

/** The first request, before any redirect. */
export function firstRequest(
	method: string,
	address: URL,
	options: TestRequest,
	defaults: RequestDefaults,
): SentRequest {
	const headers = headerLines(address, options, defaults);
	return { method, address: bare(address), headers, options };
}

/** The request that an answer leads to; `undefined` where it is no redirect. */
export function redirectOf(
	{ status, headers }: Pick<Response, "status" | "headers">,
	sent: SentRequest,
): SentRequest | undefined {
	const location = headers.get("location");
	if (location === null || !redirects.has(status)) {
		return undefined;
	}
	const address = bare(new URL(location, sent.address));
	const method = methodAfter(status, sent.method);
	const isOrigin = address.origin === sent.address.origin;
	const { json, form, files, body, cookies, ...rest } = sent.options;
	const dropped = [
		...(isOrigin ? [] : credentialHeaders),
		...(method === sent.method ? [] : bodyHeaders),
	];
	return {
		method,
		address,
		headers: sent.headers.filter(([name]) => !dropped.includes(name)),
		options: {
			...rest,
			...(method === sent.method && given({ json, form, files, body })),
			...(isOrigin && given({ cookies })),
		},
	};
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

// Fetch Standard, "HTTP-redirect fetch": what does not go to another origin, and what goes with the body
const credentialHeaders = ["authorization", "cookie", "host"];
const bodyHeaders = [
	"content-encoding",
	"content-language",
	"content-length",
	"content-location",
	"content-type",
	"transfer-encoding",
];

/** RFC 9110 §15.4: 303 always becomes GET, 301 and 302 do for POST, 307 and 308 keep method and body. */
function methodAfter(status: number, method: string): string {
	const becomesGet =
		(status === 303 && method !== "HEAD") ||
		((status === 301 || status === 302) && method === "POST");
	return becomesGet ? "GET" : method;
}

/** Without what is not sent: a fragment, a name and a password. */
function bare(address: URL): URL {
	const sent = new URL(address);
	sent.hash = "";
	sent.username = "";
	sent.password = "";
	return sent;
}

function given<Members extends object>(members: Members): Partial<Members> {
	return Object.fromEntries(
		Object.entries(members).filter(([, value]) => value !== undefined),
	) as Partial<Members>;
}
