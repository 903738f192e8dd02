import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";

interface Provider {
	callback(): RequestListener;
	on(event: string, hear: (context: unknown, error: Error) => void): void;
}

/** A real OpenID provider on this machine, whose users log in with any name and password. */
export interface RunningProvider extends AsyncDisposable {
	readonly issuer: string;
	/** The errors within it. */
	readonly errors: readonly string[];
}

/** For whom its access tokens are, which are JWTs signed by RS256. */
export const audience = "shop";

/**
 * Starts `oidc-provider` with one client: `shop` without a secret, PKCE, redirects to this machine alone.
 * @param redirectUris any port will do (RFC 8252 §7.3)
 */
export async function startProvider(
	redirectUris: readonly string[],
): Promise<RunningProvider> {
	const handler: { answer?: RequestListener } = {};
	const server = createServer((request, response) =>
		handler.answer?.(request, response),
	);
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const issuer = `http://127.0.0.1:${port}`;
	const name: string = "oidc-provider"; // it brings no types
	const { Provider } = (await import(name)) as {
		Provider: new (issuer: string, settings: object) => Provider;
	};
	const provider = new Provider(issuer, settingsFor(redirectUris));
	const errors: string[] = [];
	provider.on("server_error", (_, error) => errors.push(error.message));
	handler.answer = provider.callback();
	return {
		issuer,
		errors,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};
}

function settingsFor(redirectUris: readonly string[]): object {
	return {
		clients: [
			{
				client_id: "shop",
				application_type: "native",
				token_endpoint_auth_method: "none",
				redirect_uris: redirectUris,
				post_logout_redirect_uris: redirectUris,
				grant_types: ["authorization_code", "refresh_token"],
			},
		],
		scopes: ["openid", "offline_access", "orders"],
		cookies: { keys: ["a key of the test's provider"] },
		clientBasedCORS: () => true,
		findAccount: (_: unknown, id: string) => ({
			accountId: id,
			claims: () => ({ sub: id }),
		}),
		issueRefreshToken: () => true,
		features: {
			resourceIndicators: {
				enabled: true,
				defaultResource: () => `urn:${audience}`,
				useGrantedResource: () => true,
				getResourceServerInfo: () => ({
					scope: "orders",
					audience,
					accessTokenFormat: "jwt",
					jwt: { sign: { alg: "RS256" } },
				}),
			},
		},
	};
}

/** Logs a user in on the provider's own pages, and consents. */
export async function logIn(page: Page, name: string): Promise<void> {
	await page.fill('input[name="login"]', name);
	await page.fill('input[name="password"]', "any");
	await page.click('button[type="submit"]');
	await page.click('button:has-text("Continue")');
}
