import {
	assertArgument,
	assertOptions,
	type OptionRules,
	told,
} from "../errors/options.ts";
import { beginAtProgram } from "../errors/program-stack.ts";
import { SetupError } from "../errors/setup-error.ts";
import { prefixMistake } from "./cookie-prefix.ts";

/** Options of `response.setCookie`; defaults as in FastAPI. */
export interface SetCookieOptions {
	/** Seconds until the cookie ends, of which browsers take 400 days at most. Default: none, it ends with the browser's session. */
	readonly maxAge?: number;
	/** When the cookie ends: a date, seconds from now, or text as it goes on the wire. Default: none. */
	readonly expires?: Date | number | string;
	/** The path below which it is sent, with a slash at its beginning. Default: `"/"`; `null` leaves it to the browser. */
	readonly path?: string | null;
	/** The domain whose hosts get it: a name without scheme and port. Default: only the host that set it. */
	readonly domain?: string;
	/** Only over HTTPS. Default: false. */
	readonly secure?: boolean;
	/** Hidden from JavaScript. Default: false. */
	readonly httpOnly?: boolean;
	/** When it goes along with requests from other sites. Default: `"lax"`; `null` leaves it to the browser. */
	readonly sameSite?: "lax" | "strict" | "none" | null;
	/** Kept apart for each top-level site (CHIPS); needs `secure`. Default: false. */
	readonly partitioned?: boolean;
}

/** Options of `response.deleteCookie`: those that the cookie was set with, so that the browser finds it. */
export type DeleteCookieOptions = Omit<SetCookieOptions, "maxAge" | "expires">;

const { maxAge, expires, ...deleteRules }: OptionRules<SetCookieOptions> = {
	maxAge: (value) =>
		Number.isFinite(value) ? undefined : "a number of seconds",
	expires: (value) =>
		typeof value === "string" ||
		Number.isFinite(value instanceof Date ? value.getTime() : value)
			? undefined
			: "a date, a number of seconds or a text",
	path: (value) => textOrNull(value),
	domain: "text",
	secure: "boolean",
	httpOnly: "boolean",
	sameSite: ["lax", "strict", "none", null],
	partitioned: "boolean",
};
const setRules = { maxAge, expires, ...deleteRules };

// as Python's http.cookies: characters that it writes without quotes, and those that it leaves as they are inside quotes
const plainPattern = /^[a-z0-9!#$%&'*+\-.^_`|~:]+$/i;
const escapedPattern = /[^a-z0-9!#$%&'*+\-.^_`|~: ()/<=>?@[\]{}]/gi;
const attributeNames =
	/^(?:comment|domain|expires|httponly|max-age|partitioned|path|samesite|secure|version)$/i;

/**
 * The value of a `Set-Cookie` header, with the attributes in the order and the quoting of Python's `http.cookies`:
 * `name=value; Path=/; SameSite=lax`.
 *
 * @throws TypeError when name, value or an attribute can't stand in a header
 * @throws RangeError when name and value are larger than 4,096 bytes, which browsers drop
 * @throws SetupError `VIV_OPTION` for an option that there is not, a value that it may not have, and a cookie that browsers drop
 */
export function formatSetCookie(
	name: string,
	value: string,
	options: SetCookieOptions = {},
): string {
	assertCookieName(name);
	assertOptions(`setCookie("${name}")`, options, setRules);
	assertArgument(`setCookie("${name}")`, "value", value, "text");
	assertKept("setCookie", name, options);
	return cookieText(name, value, options);
}

function cookieText(
	name: string,
	value: string,
	options: SetCookieOptions,
): string {
	const { path = "/", sameSite = "lax", maxAge, expires, domain } = options;
	let text = `${name}=${quoteCookie(name, value)}`;
	assertSize(name, text);
	if (domain !== undefined) {
		text += attribute(name, "Domain", domain);
	}
	if (expires !== undefined) {
		text += attribute(name, "expires", expiryText(expires));
	}
	if (options.httpOnly === true) {
		text += "; HttpOnly";
	}
	if (maxAge !== undefined) {
		text += attribute(name, "Max-Age", String(Math.trunc(maxAge)));
	}
	if (options.partitioned === true) {
		text += "; Partitioned";
	}
	if (path !== null) {
		text += attribute(name, "Path", path);
	}
	if (sameSite !== null) {
		text += attribute(name, "SameSite", sameSite);
	}
	if (options.secure === true) {
		text += "; Secure";
	}
	return text;
}

/** The value of a `Set-Cookie` header that makes the browser forget a cookie. */
export function formatDeleteCookie(
	name: string,
	options: DeleteCookieOptions = {},
): string {
	assertCookieName(name);
	assertOptions(`deleteCookie("${name}")`, options, deleteRules);
	assertKept("deleteCookie", name, options);
	return cookieText(name, "", { ...options, maxAge: 0, expires: 0 });
}

/** Refuses what a browser drops without a word. */
function assertKept(
	method: string,
	name: string,
	options: SetCookieOptions,
): void {
	const mistake = cookieMistake(name, options);
	if (mistake !== undefined) {
		throw new SetupError("VIV_OPTION", `${method}("${name}"): ${mistake}.`);
	}
}

/** Why browsers drop a cookie with these options; `undefined` where they don't. */
export function cookieMistake(
	name: string,
	{ domain, partitioned, path, sameSite, secure = false }: SetCookieOptions,
): string | undefined {
	if (!secure && (sameSite === "none" || partitioned === true)) {
		const needy = partitioned === true ? "partitioned" : 'sameSite "none"';
		return `browsers drop a cookie with ${needy} that is not secure; add secure: true`;
	}
	if (domain !== undefined && /[ /:@?#*]/.test(domain)) {
		return `domain must be a name without scheme and port, such as "shop.example", or browsers drop the cookie, got ${told(domain)}`;
	}
	if (path && !path.startsWith("/")) {
		return `path must begin with a slash, or browsers ignore it; write ${told(`/${path}`)}`;
	}
	return prefixMistake(name, secure, domain, path);
}

/** RFC 6265bis §5.7: name and value. */
const maxCookieBytes = 4096;

function assertSize(name: string, pair: string): void {
	const bytes = pair.length - 1; // ASCII
	if (bytes > maxCookieBytes) {
		throw beginAtProgram(
			new RangeError(
				`The cookie "${name}" has ${bytes} bytes with its name, and browsers drop what is larger than ${maxCookieBytes}; store an id in it, and the rest on the server.`,
			),
		);
	}
}

function textOrNull(value: unknown): string | undefined {
	return value === null || typeof value === "string"
		? undefined
		: "a text or null";
}

function assertCookieName(name: string): void {
	if (
		typeof name !== "string" ||
		!plainPattern.test(name) ||
		attributeNames.test(name)
	) {
		throw beginAtProgram(
			new TypeError(
				`A cookie's name must be a token (letters, digits and !#$%&'*+-.^_\`|~:) and not an attribute's name, but got ${told(name)}.`,
			),
		);
	}
}

function quoteCookie(name: string, value: string): string {
	if (plainPattern.test(value)) {
		return value;
	}
	return `"${value.replaceAll(escapedPattern, (character) => {
		if (character === '"' || character === "\\") {
			return `\\${character}`;
		}
		const code = character.charCodeAt(0);
		if (code > 255) {
			throw beginAtProgram(
				new TypeError(
					`The value of the cookie "${name}" has a character beyond ISO 8859-1 (${JSON.stringify(character)}); encode it first, for instance with encodeURIComponent.`,
				),
			);
		}
		return `\\${code.toString(8).padStart(3, "0")}`;
	})}"`;
}

function attribute(cookie: string, name: string, value: string): string {
	// RFC 6265 §4.1.1: any character but controls and the semicolon
	if (!/^[\x20-\x3a\x3c-\x7e]*$/.test(value)) {
		throw beginAtProgram(
			new TypeError(
				`${name} of the cookie "${cookie}" must be ASCII text without ";" and control characters, but got ${JSON.stringify(value)}.`,
			),
		);
	}
	// http.cookies leaves out what is empty
	return value === "" ? "" : `; ${name}=${value}`;
}

function expiryText(expires: Date | number | string): string {
	if (typeof expires === "string") {
		return expires;
	}
	return (
		typeof expires === "number"
			? new Date(Date.now() + expires * 1000)
			: expires
	).toUTCString();
}
