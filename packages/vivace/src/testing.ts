export {
	TestClient,
	type TestClientOptions,
	type TestRequest,
} from "./testing/test-client.ts";
