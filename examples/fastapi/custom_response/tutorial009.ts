import { App, FileResponse } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get("/", function main() {
	return new FileResponse("large-video-file.mp4");
});
