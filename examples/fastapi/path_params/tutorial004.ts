import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.get(
	"/files/{file_path:path}",
	{ file_path: z.string() },
	function read_file({ file_path }) {
		return { file_path };
	},
);
