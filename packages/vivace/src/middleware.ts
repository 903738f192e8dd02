export { type CompressOptions, compress } from "./middleware/compress.ts";
export { type CorsOptions, cors } from "./middleware/cors.ts";
export { httpsRedirect } from "./middleware/https-redirect.ts";
export {
	type TrustedHostsOptions,
	trustedHosts,
} from "./middleware/trusted-hosts.ts";
