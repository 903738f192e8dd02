import { App, StreamingResponse } from "vivace";

export const app = new App({ title: "FastAPI" });

async function* fakeVideo() {
	for (let count = 0; count < 10; count++) {
		yield "some fake video bytes";
	}
}

app.get("/", function main() {
	return new StreamingResponse(fakeVideo());
});
