import { App, File } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.post(
	"/files/",
	{ file: File(z.instanceof(Uint8Array).nullish()) },
	function create_file({ file }) {
		return file ? { file_size: file.length } : { message: "No file sent" };
	},
);

app.post(
	"/uploadfile/",
	{ file: File(z.file().nullish()) },
	function create_upload_file({ file }) {
		return file
			? { filename: file.filename }
			: { message: "No upload file sent" };
	},
);
