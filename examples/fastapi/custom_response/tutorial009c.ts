import { App, Response, type ResponseOptions } from "vivace";

export const app = new App({ title: "FastAPI" });

class IndentedJSONResponse extends Response {
	static override readonly mediaType = "application/json";

	constructor(content: unknown, options?: ResponseOptions) {
		super(JSON.stringify(content, null, 2), options);
	}
}

app.get({ path: "/", responseClass: IndentedJSONResponse }, function main() {
	return { message: "Hello World" };
});
