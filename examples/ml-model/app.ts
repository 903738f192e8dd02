import { App, dependency, HTTPException, Request } from "vivace";
import { httpExceptionHandler } from "vivace/exceptions";
import { z } from "zod";
import { PictureError } from "./ocr/picture-error.ts";
import { BusyError, textReader } from "./text-reader.ts";

const Box = z
	.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() })
	.meta({ id: "Box", description: "Pixels from the upper left corner" });

const Line = z
	.object({
		text: z.string(),
		confidence: z.number().min(0).max(1),
		box: Box,
	})
	.meta({ id: "Line" });

const Reading = z
	.object({
		text: z.string().meta({ description: "The lines, one below the other" }),
		lines: z.array(Line),
	})
	.meta({ id: "Reading" });

const mediaTypes = ["image/png", "image/jpeg"];
const file = { schema: { type: "string", format: "binary" } };

/** The bytes of the picture that is the body of the request. */
const picture = dependency({ request: Request }, async ({ request }) => {
	const mediaType = request.header("content-type")?.split(";")[0]?.trim();
	if (!mediaTypes.includes(mediaType?.toLowerCase() ?? "")) {
		throw new HTTPException(
			415,
			`Send the picture as the body, with the content type ${mediaTypes.join(" or ")}`,
		);
	}
	const bytes = await request.bytes();
	if (bytes.length === 0) {
		throw new HTTPException(400, "The body is empty");
	}
	return bytes;
});

export const app = new App({ limits: { bodyBytes: 5 * 1024 * 1024 } });

app.exceptionHandler(PictureError, (request, { message }) =>
	httpExceptionHandler(request, new HTTPException(422, message)),
);

app.exceptionHandler(BusyError, (request, { message }) => {
	const headers = { "Retry-After": "10" };
	return httpExceptionHandler(
		request,
		new HTTPException(503, message, { headers }),
	);
});

app.post(
	{
		path: "/predict",
		response: Reading,
		summary: "Read the text of a picture",
		openapiExtra: {
			requestBody: {
				required: true,
				content: Object.fromEntries(mediaTypes.map((type) => [type, file])),
			},
		},
		responses: {
			400: { description: "No picture" },
			413: { description: "More than 5 MiB" },
			415: { description: "Neither PNG nor JPEG" },
			422: { description: "A picture that can't be decoded" },
			503: { description: "Too many pictures are waiting" },
		},
	},
	{ picture, textReader },
	async function predict({ picture, textReader }, { signal }) {
		const lines = await textReader.read(picture, signal);
		return {
			text: lines.map(({ text }) => text).join("\n"),
			lines: [...lines],
		};
	},
);
