import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import express from "express";
import multer, { type StorageEngine } from "multer";

const app = express();

/** Counts a file and keeps nothing of it. */
const counting: StorageEngine = {
	async _handleFile(_request, file, callback) {
		let size = 0;
		for await (const chunk of file.stream as AsyncIterable<Uint8Array>) {
			size += chunk.length;
		}
		callback(null, { size });
	},
	_removeFile(_request, _file, callback) {
		callback(null);
	},
};

app.get("/hello", (_request, response) => {
	response.json({ message: "Hello, world!" });
});

app.post(
	"/stream",
	multer({ storage: counting }).single("file"),
	(request, response) => {
		response.json({ bytes: request.file?.size });
	},
);

app.post(
	"/spool",
	multer({ dest: tmpdir() }).single("file"),
	async (request, response) => {
		const { size, path = "" } = request.file ?? {};
		response.json({ bytes: size });
		await rm(path);
	},
);

app.post("/login", express.urlencoded(), (request, response) => {
	response.json({ username: request.body.username });
});

app.post("/note", multer().none(), (request, response) => {
	response.json({ title: request.body.title });
});

app.listen(Number(process.env.PORT));
