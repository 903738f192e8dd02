export { cspNonce } from "./http/csp-nonce.ts";
export { type CompressOptions, compress } from "./middleware/compress.ts";
export { type CorsOptions, cors } from "./middleware/cors.ts";
export { httpsRedirect } from "./middleware/https-redirect.ts";
export {
	type TrustedHostsOptions,
	trustedHosts,
} from "./middleware/trusted-hosts.ts";
export { type CsrfOptions, csrf } from "./security/csrf.ts";
export {
	type SecurityHeadersOptions,
	securityHeaders,
} from "./security/security-headers.ts";
