import { App, FileResponse } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get({ path: "/", responseClass: FileResponse }, function main() {
	return "large-video-file.mp4";
});
