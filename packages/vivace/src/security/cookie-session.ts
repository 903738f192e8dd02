import { Buffer } from "node:buffer";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
	assertOptions,
	type OptionRules,
	textMatching,
} from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import { RequestValidationError } from "../errors/validation-error.ts";
import type { Request } from "../http/request.ts";
import type { Response } from "../http/response.ts";
import { cookieMistake, type SetCookieOptions } from "../http/set-cookie.ts";
import type { DependencyScope } from "../inject/declaration.ts";
import { Dependency } from "../inject/dependency.ts";
import { validate } from "../inject/validate.ts";
import { isSchema } from "../schema/standard-schema.ts";
import { CookieKeys, type CookieMode } from "./cookie-keys.ts";
import {
	readContent,
	type SessionContent,
	writeContent,
} from "./session-content.ts";
import {
	readStarletteSession,
	type StarletteSession,
} from "./starlette-session.ts";

/** Options of {@link cookieSession}. */
export interface CookieSessionOptions<Schema extends StandardSchemaV1> {
	/** The schema of the session's value; a cookie whose value doesn't fit it counts as no session. */
	readonly schema: Schema;
	/** Secrets of at least 32 bytes, the newest first: it signs new cookies, and all are accepted. To change the key, put a new one first. */
	readonly keys: readonly (string | Uint8Array)[];
	/** `"sealed"`: also encrypted (AES-256-GCM). Default: `"signed"`, the client can read the value. */
	readonly mode?: CookieMode;
	/** Default: `__Host-session`; `__Secure-session` with a domain, `session` without `secure`. */
	readonly cookieName?: string;
	/** How long a session lasts without use, in seconds; using it renews it. Default: 1,209,600, 14 days. */
	readonly maxAgeS?: number;
	/** How long it lasts in any case, in seconds. Default: no limit. */
	readonly lifetimeS?: number;
	/** `false`: sent over HTTP too. Default: true; browsers treat `localhost` as secure. */
	readonly secure?: boolean;
	/** When browsers send it with requests from other sites. Default: `"lax"`. */
	readonly sameSite?: "lax" | "strict" | "none";
	/** The domain whose hosts get it. Default: only the host that set it. */
	readonly domain?: string;
	/** Reads the cookies of Starlette's `SessionMiddleware` if there is no cookie of Vivace, and replaces them: for a migration. */
	readonly starlette?: StarletteSession;
}

/** The session of one request. */
export interface CookieSession<Value> {
	/** The session's value; `undefined` if there is none. */
	readonly value: Readonly<Value> | undefined;
	/**
	 * Sets the value; the cookie is sent with any response, also with an error.
	 * @throws RangeError when the cookie would be larger than 4,096 bytes, which browsers drop
	 * @throws TypeError when the value doesn't fit the schema, and when the response is being sent already
	 */
	set(value: Value): void;
	/** Ends the session: the cookie is deleted. A copy of the cookie stays valid. */
	clear(): void;
	/** Restarts the time without use, whatever is left of it. */
	renew(): void;
}

const twoWeeksS = 1_209_600;
/** RFC 6265bis §5.6: browsers drop a cookie whose name and value are longer. */
const largestCookie = 4_096;

const starletteRules: OptionRules<StarletteSession> = {
	secretKey: { required: "secret" }, // settingsOf
	cookieName: "text",
	maxAgeS: "milliseconds",
};

const rules: OptionRules<CookieSessionOptions<StandardSchemaV1>> = {
	schema: { required: (value) => (isSchema(value) ? undefined : "a schema") },
	keys: { required: "secret" }, // CookieKeys
	starlette: "record",
	mode: ["signed", "sealed"],
	cookieName: textMatching(/^[!#$%&'*+.^`|~\w-]+$/, "the name of a cookie"),
	maxAgeS: positive,
	lifetimeS: positive,
	secure: "boolean",
	sameSite: ["lax", "strict", "none"],
	domain: "text",
};

/**
 * A session that is stored in a cookie: signed or encrypted, typed by a schema, `HttpOnly`, `Secure`, `SameSite=Lax`, renewed when it is
 * used, at most 4 KB. The server stores nothing.
 *
 * A cookie that was tampered with, has expired or doesn't fit the schema counts as no session: `value` is `undefined`, without an error.
 * Responses have `Vary: Cookie`.
 *
 * @throws SetupError `VIV_OPTION` for invalid options
 * @example
 * ```ts
 * import { App, dependency, HTTPException } from "vivace";
 * import { cookieSession } from "vivace/security";
 * import { z } from "zod";
 *
 * const login = cookieSession({ schema: z.object({ userId: z.int() }), keys: ["thirty-two bytes or more, from the settings"] });
 * const user = dependency({ login }, ({ login }) => {
 * 	if (login.value === undefined) throw new HTTPException(401, "Not authenticated");
 * 	return login.value.userId;
 * });
 * const app = new App();
 * app.post("/login", { login }, ({ login }) => login.set({ userId: 1 }));
 * app.post("/logout", { login }, ({ login }) => login.clear());
 * app.get("/me", { user }, ({ user }) => ({ user }));
 * ```
 * @see Starlette, `SessionMiddleware`
 */
export function cookieSession<Schema extends StandardSchemaV1>(
	options: CookieSessionOptions<Schema>,
): Dependency<CookieSession<StandardSchemaV1.InferOutput<Schema>>> {
	const settings = settingsOf(options);
	const { name } = settings;
	const scheme = { type: "apiKey", in: "cookie", name };
	return new Dependency<unknown, DependencyScope>(
		{},
		(_: unknown, request: Request) => openSession(request, settings),
		{
			name: "CookieSession",
			security: { name: "CookieSession", scheme, isRequired: false },
		},
	) as Dependency<CookieSession<StandardSchemaV1.InferOutput<Schema>>>; // as openSession gives it, in request scope
}

interface Settings {
	readonly name: string;
	readonly schema: StandardSchemaV1;
	readonly keys: CookieKeys;
	readonly maxAgeS: number;
	readonly lifetimeS: number;
	readonly attributes: SetCookieOptions;
	readonly starlette: StarletteSession | undefined;
}

function settingsOf(options: CookieSessionOptions<StandardSchemaV1>): Settings {
	const where = "cookieSession()";
	assertOptions(where, options ?? {}, rules);
	const { keys, starlette } = options;
	if (starlette !== undefined) {
		assertOptions(`${where}, starlette`, starlette, starletteRules);
		if (typeof starlette.secretKey !== "string" || starlette.secretKey === "") {
			throw refusal("starlette.secretKey must be a text.");
		}
	}
	const { domain, lifetimeS = Infinity, maxAgeS = twoWeeksS } = options;
	const { mode = "signed", sameSite = "lax", secure = true } = options;
	const usual = secure ? (domain ? "__Secure-" : "__Host-") : "";
	const name = options.cookieName ?? `${usual}session`;
	const mistake = cookieMistake(name, {
		secure,
		...(domain !== undefined && { domain }),
	});
	if (mistake !== undefined) {
		throw refusal(`${mistake}.`);
	}
	if (sameSite === "none" && !secure) {
		throw refusal('sameSite "none" needs secure, or browsers drop the cookie.');
	}
	return {
		name,
		schema: options.schema,
		keys: new CookieKeys(where, keys, mode, `cookie ${name}`),
		maxAgeS,
		lifetimeS,
		attributes: {
			httpOnly: true,
			secure,
			sameSite,
			...(domain !== undefined && { domain }),
		},
		starlette,
	};
}

function refusal(what: string): SetupError {
	return new SetupError("VIV_OPTION", `cookieSession(): ${what}`);
}

function positive(value: unknown): string | undefined {
	return Number.isFinite(value) && Number(value) > 0
		? undefined
		: "a number of seconds greater than 0";
}

/** A session as it was read. */
interface Stored extends SessionContent {
	/** False when it would be written otherwise today: with another key, in another form. */
	readonly isCurrent: boolean;
}

async function openSession(
	request: Request,
	settings: Settings,
): Promise<CookieSession<object>> {
	const stored = await readStored(request, settings);
	const session = new Session(request, settings, stored);
	if (stored === undefined) {
		request.beforeSend(varyByCookie);
		return session;
	}
	const ageS = nowS() - stored.writtenS;
	if (!stored.isCurrent || ageS > settings.maxAgeS / 10) {
		renewIfItFits(session);
	}
	request.beforeSend(varyByCookie);
	return session;
}

/** Another form may be longer: then the old one goes on until the program writes less. */
function renewIfItFits(session: CookieSession<object>): void {
	try {
		session.renew();
	} catch (error) {
		if (!(error instanceof RangeError)) {
			throw error;
		}
	}
}

class Session implements CookieSession<object> {
	readonly #request: Request;
	readonly #settings: Settings;
	#begunS: number;
	#value: unknown;
	/** The cookie that the answer is to carry: its text, null to delete it. */
	#written: string | Promise<string> | null | undefined;
	#isRegistered = false;
	readonly #cameIn: boolean;

	constructor(
		request: Request,
		settings: Settings,
		stored: Stored | undefined,
	) {
		this.#request = request;
		this.#settings = settings;
		this.#value = stored?.value;
		this.#begunS = stored?.begunS ?? nowS();
		this.#cameIn = cookieNames(settings).some(
			(name) => request.cookies[name] !== undefined,
		);
	}

	get value(): object | undefined {
		return this.#value as object | undefined; // of whatever type the schema has
	}

	set(value: unknown): void {
		this.#begunS = this.#value === undefined ? nowS() : this.#begunS;
		this.#write(value);
		this.#value = value;
	}

	clear(): void {
		this.#register();
		this.#value = undefined;
		this.#written = null;
	}

	renew(): void {
		if (this.#value !== undefined) {
			this.#write(this.#value);
		}
	}

	#write(value: unknown): void {
		const { schema } = this.#settings;
		const content = { value, begunS: this.#begunS, writtenS: nowS() };
		const written = writeContent(schema, content);
		if (written instanceof Promise) {
			const cookie = written.then((text) => this.#toCookie(text));
			cookie.catch(() => {}); // told when the answer is to carry it
			this.#written = cookie;
		} else {
			this.#written = this.#toCookie(written);
		}
		this.#register();
	}

	#toCookie(content: string): string {
		const { keys, name } = this.#settings;
		const text = keys.write(content);
		const size = Buffer.byteLength(name) + text.length;
		if (size > largestCookie) {
			throw new RangeError(
				`the session in the cookie "${name}" has ${size} bytes, and browsers drop more than ${largestCookie}; keep less in it, for instance an id.`,
			);
		}
		return text;
	}

	#register(): void {
		if (this.#request.exchange.isAnswered) {
			throw new TypeError(
				`the session in the cookie "${this.#settings.name}" is changed too late: the answer is leaving already; change it before the handler has returned.`,
			);
		}
		if (!this.#isRegistered) {
			this.#request.beforeSend(async (response) => {
				this.#send(response, await this.#written);
			});
			this.#isRegistered = true;
		}
	}

	#send(response: Response, written: string | null | undefined): void {
		varyByCookie(response);
		const { attributes, maxAgeS, name, starlette } = this.#settings;
		if (typeof written === "string") {
			response.setCookie(name, written, {
				...attributes,
				maxAge: Math.floor(maxAgeS),
			});
		} else if (this.#cameIn) {
			response.deleteCookie(name, attributes);
		}
		if (starlette !== undefined && this.#cameIn) {
			const { cookieName = "session" } = starlette;
			if (cookieName !== name) {
				response.deleteCookie(cookieName, { httpOnly: true });
			}
		}
	}
}

function cookieNames({ name, starlette }: Settings): readonly string[] {
	return starlette ? [name, starlette.cookieName ?? "session"] : [name];
}

async function readStored(
	request: Request,
	settings: Settings,
): Promise<Stored | undefined> {
	const found = readOwn(request, settings) ?? readStarlette(request, settings);
	if (found === undefined) {
		return undefined;
	}
	const ageS = nowS() - found.writtenS;
	const lifeS = nowS() - found.begunS;
	if (ageS > settings.maxAgeS || lifeS > settings.lifetimeS) {
		return undefined;
	}
	try {
		return { ...found, value: await validate(settings.schema, found.value) };
	} catch (error) {
		if (error instanceof RequestValidationError) {
			return undefined; // written by another version of the program
		}
		throw error;
	}
}

function readOwn(request: Request, settings: Settings): Stored | undefined {
	const text = request.cookies[settings.name];
	const opened = text === undefined ? undefined : settings.keys.read(text);
	if (opened === undefined) {
		return undefined;
	}
	return { ...readContent(opened.content), isCurrent: opened.isCurrent };
}

function readStarlette(
	request: Request,
	{ starlette }: Settings,
): Stored | undefined {
	const text = starlette && request.cookies[starlette.cookieName ?? "session"];
	const content = text && readStarletteSession(text, starlette);
	if (!content) {
		return undefined;
	}
	const value: unknown = JSON.parse(content); // whoever has the secret has written it
	return { value, begunS: nowS(), writtenS: nowS(), isCurrent: false };
}

function nowS(): number {
	return Math.floor(Date.now() / 1000);
}

function varyByCookie({ headers }: Response): void {
	headers.addVary("Cookie");
}
