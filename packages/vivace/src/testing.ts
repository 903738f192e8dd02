export type { CookieJar, TestCookieOptions } from "./testing/cookie-jar.ts";
export { type Leak, LeakError } from "./testing/leak.ts";
export { TestClient } from "./testing/test-client.ts";
export type { TestClientOptions } from "./testing/test-client-options.ts";
export type {
	BasicAuth,
	TestHeaders,
	TestRequest,
} from "./testing/test-request.ts";
export { HTTPStatusError, TestResponse } from "./testing/test-response.ts";
export { TestSocket, WebSocketRefusedError } from "./testing/test-socket.ts";
export type { TestSocketOptions } from "./testing/test-socket-options.ts";
