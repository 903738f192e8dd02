export { SecurityScopes } from "./inject/security-scopes.ts";
export {
	type ApiKeyOptions,
	apiKeyCookie,
	apiKeyHeader,
	apiKeyQuery,
} from "./security/api-key.ts";
export type { CookieMode } from "./security/cookie-keys.ts";
export {
	type CookieSession,
	type CookieSessionOptions,
	cookieSession,
} from "./security/cookie-session.ts";
export {
	type HTTPAuthorizationCredentials,
	type HTTPBaseOptions,
	type HTTPBasicCredentials,
	type HTTPBasicOptions,
	type HTTPBearerOptions,
	httpBase,
	httpBasic,
	httpBearer,
	httpDigest,
} from "./security/http-schemes.ts";
export { jwtBearer } from "./security/jwt-bearer.ts";
export type {
	JwksOptions,
	JwtAlgorithm,
	JwtBearerOptions,
	JwtClaims,
} from "./security/jwt-options.ts";
export {
	type AuthorizationCodeBearerOptions,
	type OAuth2Options,
	type OAuthFlow,
	type OAuthFlows,
	oauth2,
	oauth2AuthorizationCodeBearer,
	oauth2PasswordBearer,
	type PasswordBearerOptions,
} from "./security/oauth2.ts";
export {
	type OpenIdConnectOptions,
	openIdConnect,
} from "./security/openid-connect.ts";
export {
	hashPassword,
	needsRehash,
	verifyPassword,
} from "./security/password.ts";
export {
	type OAuth2PasswordRequest,
	oauth2PasswordRequestForm,
	oauth2PasswordRequestFormStrict,
} from "./security/request-form.ts";
export { sameSecret } from "./security/same-secret.ts";
export type { SchemeOptions } from "./security/scheme.ts";
export type { StarletteSession } from "./security/starlette-session.ts";
export type { Jwk } from "./security/usable-key.ts";
