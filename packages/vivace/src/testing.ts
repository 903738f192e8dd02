export type { CookieJar, TestCookieOptions } from "./testing/cookie-jar.ts";
export { type Leak, LeakError } from "./testing/leak.ts";
export {
	TestClient,
	type TestClientOptions,
	type TestRequest,
} from "./testing/test-client.ts";
