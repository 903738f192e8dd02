import { App, File, HTMLResponse } from "vivace";
import { z } from "zod";

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

const form = (action: string) =>
	`<form action="${action}" enctype="multipart/form-data" method="post">
<input name="files" type="file" multiple>
<input type="submit">
</form>`;

app.get("/", function main() {
	return new HTMLResponse(`
<body>
${form("/files/")}
${form("/uploadfiles/")}
</body>
    `);
});
