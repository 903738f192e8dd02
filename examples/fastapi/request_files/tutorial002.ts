import { App, File } from "vivace";
import { z } from "zod";
import { uploadPage } from "./upload-page.ts";

export const app = new App({ title: "FastAPI" });

app.post(
	"/files/",
	{ files: File(z.array(z.instanceof(Uint8Array))) },
	function create_files({ files }) {
		return { file_sizes: files.map((file) => file.length) };
	},
);

app.post(
	"/uploadfiles/",
	{ files: File(z.array(z.file())) },
	function create_upload_files({ files }) {
		return { filenames: files.map((file) => file.filename) };
	},
);

app.get("/", function main() {
	return uploadPage();
});
