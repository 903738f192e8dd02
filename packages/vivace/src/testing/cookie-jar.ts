import {
	assertArgument,
	assertOptions,
	type OptionRules,
} from "../errors/options.ts";
import { prefixMistake } from "../http/cookie-prefix.ts";
import {
	cookieAttributes,
	defaultPath,
	domainMatches,
	pathMatches,
} from "./set-cookie-header.ts";

/** Where a cookie that a test sets is sent. */
export interface TestCookieOptions {
	/** Host that gets it, with its subdomains. Default: every host. */
	readonly domain?: string;
	/** Path that gets it, with all below it. Default: `/`. */
	readonly path?: string;
}

const rules: OptionRules<TestCookieOptions> = { domain: "text", path: "text" };

interface StoredCookie {
	readonly name: string;
	readonly value: string;
	/** `undefined` for every host. */
	readonly domain: string | undefined;
	/** True when subdomains do not get it. */
	readonly isHostOnly: boolean;
	readonly path: string;
	readonly isSecure: boolean;
	/** In milliseconds since 1970; Infinity for the end of the session. */
	readonly expiresAtMs: number;
}

/**
 * The cookies of a `TestClient`: kept, sent and forgotten as a browser does (RFC 6265 §5), without its list of public suffixes, which no test
 * needs.
 */
export class CookieJar implements Iterable<[name: string, value: string]> {
	/** In the order in which they were first set. */
	#cookies: StoredCookie[] = [];

	/** The value of the cookie; of several with this name, that of the longest path. */
	get(name: string): string | undefined {
		assertArgument("cookies.get()", "name", name, "text");
		return this.#sorted().find((cookie) => cookie.name === name)?.value;
	}

	/** Sets a cookie as if an app had set it, in place of those of the same name that it would be sent beside. */
	set(name: string, value: string, options: TestCookieOptions = {}): void {
		assertArgument("cookies.set()", "name", name, "text");
		assertOptions(`cookies.set("${name}")`, options, rules);
		assertArgument(`cookies.set("${name}")`, "value", value, "text");
		const { domain, path = "/" } = options;
		this.#keep({
			name,
			value,
			domain: domain?.toLowerCase(),
			isHostOnly: false,
			path,
			isSecure: false,
			expiresAtMs: Number.POSITIVE_INFINITY,
		});
	}

	/** Forgets the cookies of this name, of every host and path. */
	delete(name: string): void {
		assertArgument("cookies.delete()", "name", name, "text");
		this.#cookies = this.#cookies.filter((cookie) => cookie.name !== name);
	}

	/** Forgets all cookies. */
	clear(): void {
		this.#cookies = [];
	}

	[Symbol.iterator](): Iterator<[name: string, value: string]> {
		return this.#sorted()
			.map(({ name, value }): [string, string] => [name, value])
			.values();
	}

	/** The cookies for this address as the header `Cookie` has them; empty if there are none. */
	headerFor(address: URL): string {
		return this.#sorted()
			.filter((cookie) => isSentTo(cookie, address))
			.map(({ name, value }) => (name === "" ? value : `${name}=${value}`))
			.join("; ");
	}

	/** Does what a `Set-Cookie` header in an answer from this address says; nothing if a browser would ignore it. */
	receive(header: string, address: URL): void {
		const cookie = fromHeader(header, address);
		if (cookie !== undefined) {
			this.#keep(cookie);
		}
	}

	/** In the place of the one it replaces (RFC 6265 §5.3, step 11). */
	#keep(cookie: StoredCookie): void {
		const index = this.#cookies.findIndex((other) => isSame(cookie, other));
		const others = this.#cookies.filter((other) => !isSame(cookie, other));
		const place = index === -1 ? others.length : index;
		this.#cookies = others.toSpliced(place, 0, cookie);
	}

	/** Those that have not expired, longer paths first (RFC 6265 §5.4). */
	#sorted(): StoredCookie[] {
		const nowMs = Date.now();
		this.#cookies = this.#cookies.filter(
			({ expiresAtMs }) => expiresAtMs > nowMs,
		);
		return this.#cookies.toSorted(
			(one, other) => other.path.length - one.path.length,
		);
	}
}

function isSame(one: StoredCookie, other: StoredCookie): boolean {
	return (
		one.name === other.name &&
		one.path === other.path &&
		(one.domain === other.domain ||
			one.domain === undefined ||
			other.domain === undefined)
	);
}

function isSentTo(cookie: StoredCookie, address: URL): boolean {
	const { domain, isHostOnly, path, isSecure } = cookie;
	const host = address.hostname;
	const isHosts =
		domain === undefined ||
		(isHostOnly ? domain === host : domainMatches(host, domain));
	return (
		isHosts &&
		pathMatches(address.pathname, path) &&
		(!isSecure || isTrustworthy(address))
	);
}

/** Browsers take the own machine for secure, whatever the scheme. */
function isTrustworthy({ protocol, hostname }: URL): boolean {
	return (
		protocol === "https:" || /^(?:localhost|127\.\d|\[::1\])/.test(hostname)
	);
}

/** RFC 6265 §5.3. */
function fromHeader(header: string, address: URL): StoredCookie | undefined {
	const { name, value, attributes } = cookieAttributes(header);
	const host = address.hostname;
	const domain = attributes.get("domain")?.replace(/^\./, "").toLowerCase();
	const isHostOnly = domain === undefined || domain === "";
	const path = attributes.get("path");
	const isSecure = attributes.has("secure");
	const hasPath = path?.startsWith("/") === true;
	if (
		(name === "" && value === "") ||
		(!isHostOnly && !domainMatches(host, domain)) ||
		(isSecure && !isTrustworthy(address)) ||
		prefixMistake(
			name,
			isSecure,
			isHostOnly ? undefined : domain,
			path ?? null,
		) !== undefined
	) {
		return undefined;
	}
	return {
		name,
		value,
		domain: isHostOnly ? host : domain,
		isHostOnly,
		path: hasPath ? path : defaultPath(address.pathname),
		isSecure,
		expiresAtMs: expiryOf(attributes),
	};
}

/** `Max-Age` goes before `Expires` (RFC 6265 §5.3, step 3); what is no date means nothing. */
function expiryOf(attributes: ReadonlyMap<string, string>): number {
	const maxAge = attributes.get("max-age");
	if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) {
		return Date.now() + Number(maxAge) * 1_000;
	}
	const expires = Date.parse(attributes.get("expires") ?? "");
	return Number.isNaN(expires) ? Number.POSITIVE_INFINITY : expires;
}
