export type { CookieJar, TestCookieOptions } from "./testing/cookie-jar.ts";
export { type Leak, LeakError } from "./testing/leak.ts";
export {
	TestClient,
	type TestClientOptions,
} from "./testing/test-client.ts";
export type {
	BasicAuth,
	TestHeaders,
	TestRequest,
} from "./testing/test-request.ts";
export { HTTPStatusError, TestResponse } from "./testing/test-response.ts";
