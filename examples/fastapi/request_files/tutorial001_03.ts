import { App, File, UploadFile } from "vivace";

export const app = new App({ title: "FastAPI" });

app.post(
	"/files/",
	{ file: File(undefined, { description: "A file read as bytes" }) },
	function create_file({ file }) {
		return { file_size: file.length };
	},
);

app.post(
	"/uploadfile/",
	{ file: File(UploadFile, { description: "A file read as UploadFile" }) },
	function create_upload_file({ file }) {
		return { filename: file.filename };
	},
);
