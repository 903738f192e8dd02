import { App, File, Form, UploadFile } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.post(
	"/files/",
	{ file: File(), fileb: File(UploadFile), token: Form(z.string()) },
	function create_file({ file, fileb, token }) {
		return {
			file_size: file.length,
			token,
			fileb_content_type: fileb.contentType ?? null,
		};
	},
);
