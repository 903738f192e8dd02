import { App, File, UploadFile } from "vivace";

export const app = new App({ title: "FastAPI" });

app.post("/files/", { file: File() }, function create_file({ file }) {
	return { file_size: file.length };
});

app.post(
	"/uploadfile/",
	{ file: UploadFile },
	function create_upload_file({ file }) {
		return { filename: file.filename };
	},
);
