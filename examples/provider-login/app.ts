import {
	allowInsecureRequests,
	authorizationCodeGrant,
	buildAuthorizationUrl,
	buildEndSessionUrl,
	type Configuration,
	calculatePKCECodeChallenge,
	discovery,
	None,
	randomNonce,
	randomPKCECodeVerifier,
	randomState,
	refreshTokenGrant,
	type TokenEndpointResponse,
	type TokenEndpointResponseHelpers,
} from "openid-client";
import {
	App,
	dependency,
	HTTPException,
	Query,
	RedirectResponse,
	Request,
} from "vivace";
import { csrf, securityHeaders } from "vivace/middleware";
import { type CookieSession, cookieSession } from "vivace/security";
import { z } from "zod";

/** At which provider users log in, and what keeps their sessions. */
export interface LoginSettings {
	readonly issuer: string;
	/** Of a client without a secret that has to use PKCE. */
	readonly clientId: string;
	/** Secrets of the cookies, 32 bytes at least, the newest first. */
	readonly keys: readonly string[];
	/** True for a provider on this machine that speaks HTTP. Default: false. */
	readonly isInsecure?: boolean;
}

/** The state that is remembered while the user is at the provider's. */
const Attempt = z.object({
	state: z.string(),
	nonce: z.string(),
	verifier: z.string(),
	next: z.string(),
});

const Login = z.object({
	sub: z.string(),
	accessToken: z.string(),
	/** Seconds since 1970. */
	expiresAtS: z.number(),
	refreshToken: z.string().optional(),
	idToken: z.string(),
});
type Login = z.infer<typeof Login>;

/** A path of ours: a login must not lead to another site. */
const OwnPath = z.string().regex(/^\/(?![/\\])/);

/** An app whose users log in with an OpenID provider: authorization code with PKCE, state and nonce; the tokens are in a sealed cookie. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: declarations alone
export function createApp(settings: LoginSettings): App {
	const { clientId, issuer, isInsecure, keys } = settings;
	const provider = dependency(
		function provider() {
			const execute = isInsecure ? [allowInsecureRequests] : [];
			const url = new URL(issuer);
			return discovery(url, clientId, undefined, None(), { execute });
		},
		{ scope: "app", retry: { times: 5 } },
	);
	const attempt = cookieSession({
		cookieName: "__Host-attempt",
		schema: Attempt,
		keys,
		mode: "sealed",
		maxAgeS: 600,
	});
	const login = cookieSession({ schema: Login, keys, mode: "sealed" });
	const user = dependency(
		{ login, provider },
		async function user({ login, provider }) {
			if (login.value === undefined) {
				throw new HTTPException(401, "Not authenticated");
			}
			return fresh(login.value, login, provider);
		},
		{
			security: {
				name: "CookieSession",
				scheme: { type: "apiKey", in: "cookie", name: "__Host-session" },
			},
		},
	);

	const app = new App({
		title: "Login with a provider",
		requireSecurity: true,
	});
	// logging out is a form that ends at the provider's
	const formAction = `'self' ${new URL(issuer).origin}`;
	app.use(
		securityHeaders({ contentSecurityPolicy: { "form-action": formAction } }),
		csrf(),
	);

	app.get(
		{ path: "/login", public: true },
		{
			provider,
			attempt,
			next: Query(OwnPath.default("/me")),
			request: Request,
		},
		async function log_in({ provider, attempt, next, request }) {
			const state = randomState();
			const nonce = randomNonce();
			const verifier = randomPKCECodeVerifier();
			attempt.set({ state, nonce, verifier, next });
			const url = buildAuthorizationUrl(provider, {
				redirect_uri: request.urlFor("callback"),
				scope: "openid offline_access",
				prompt: "consent",
				state,
				nonce,
				code_challenge: await calculatePKCECodeChallenge(verifier),
				code_challenge_method: "S256",
			});
			return new RedirectResponse(url.href, { status: 303 });
		},
	);

	app.get(
		{ path: "/callback", public: true },
		{ provider, attempt, login, request: Request },
		async function callback({ provider, attempt, login, request }) {
			const begun = attempt.value;
			attempt.clear();
			if (begun === undefined) {
				throw new HTTPException(400, "Login failed, begin again");
			}
			const url = new URL(request.urlFor("callback") + request.search);
			try {
				const tokens = await authorizationCodeGrant(provider, url, {
					pkceCodeVerifier: begun.verifier,
					expectedState: begun.state,
					expectedNonce: begun.nonce,
					idTokenExpected: true,
				});
				login.set(loginOf(tokens));
			} catch (cause) {
				throw new HTTPException(400, "Login failed, begin again", { cause });
			}
			return new RedirectResponse(begun.next, { status: 303 });
		},
	);

	app.get("/me", { user }, function read_me({ user }) {
		return { sub: user.sub };
	});

	app.post(
		{ path: "/logout", public: true },
		{ provider, login, request: Request },
		function log_out({ provider, login, request }) {
			const idToken = login.value?.idToken;
			login.clear();
			const back = new URL("/", request.url).href;
			const url = buildEndSessionUrl(provider, {
				post_logout_redirect_uri: back,
				...(idToken !== undefined && { id_token_hint: idToken }),
			});
			return new RedirectResponse(url.href, { status: 303 });
		},
	);

	return app;
}

function loginOf(
	tokens: TokenEndpointResponse & TokenEndpointResponseHelpers,
	before?: Login,
): Login {
	return {
		sub: tokens.claims()?.sub ?? before?.sub ?? "",
		accessToken: tokens.access_token,
		expiresAtS: Math.floor(Date.now() / 1000) + (tokens.expiresIn() ?? 60),
		refreshToken: tokens.refresh_token ?? before?.refreshToken,
		idToken: tokens.id_token ?? before?.idToken ?? "",
	};
}

/**
 * Refreshes, for a moment longer than they take: a refresh token that is used twice is taken for stolen, so the requests that a page sends at the
 * same time share one.
 */
const refreshes = new Map<string, Promise<Login>>();
const sharedForMs = 10_000;

/** A login whose access token has not expired: renewed at the provider where it has. */
async function fresh(
	login: Login,
	session: CookieSession<Login>,
	provider: Configuration,
): Promise<Login> {
	const { expiresAtS, refreshToken } = login;
	if (Date.now() / 1000 < expiresAtS) {
		return login;
	}
	try {
		if (refreshToken === undefined) {
			throw new Error("there is no refresh token");
		}
		let pending = refreshes.get(refreshToken);
		if (pending === undefined) {
			pending = refresh(login, provider);
			refreshes.set(refreshToken, pending);
			setTimeout(() => refreshes.delete(refreshToken), sharedForMs).unref();
		}
		const renewed = await pending;
		session.set(renewed);
		return renewed;
	} catch (cause) {
		session.clear();
		throw new HTTPException(401, "Not authenticated", { cause });
	}
}

async function refresh(login: Login, provider: Configuration): Promise<Login> {
	const { refreshToken = "" } = login;
	return loginOf(await refreshTokenGrant(provider, refreshToken), login);
}
