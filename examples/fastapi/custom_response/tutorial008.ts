import { createReadStream } from "node:fs";
import { App, StreamingResponse } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get("/", function main() {
	return new StreamingResponse(createReadStream("large-video-file.mp4"), {
		mediaType: "video/mp4",
	});
});
