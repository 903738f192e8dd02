import {
	guarding,
	type Middleware,
	makesMiddleware,
} from "../http/middleware.ts";
import { Response } from "../http/response.ts";

/**
 * Redirects every `http` request to `https` (307), to the same host without the ports 80 and 443. Behind a proxy that ends TLS, the
 * server must trust the proxy's headers. Otherwise every request seems to be `http`.
 *
 * @see FastAPI, "Advanced Middleware"; Starlette, "HTTPSRedirectMiddleware"
 */
export function httpsRedirect(): Middleware {
	return guarding((request, next) => {
		if (request.source.scheme === "https") {
			return next(request);
		}
		const location = request.url.replace(
			/^http:\/\/([^/?#]*?)(?::(?:80|443)?)?(?=[/?#]|$)/,
			"https://$1",
		);
		return new Response(null, { status: 307, headers: { location } });
	});
}

makesMiddleware(httpsRedirect);
