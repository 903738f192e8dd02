import { App, JSONResponse, RedirectResponse } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

app.get(
	"/portal",
	{ teleport: z.boolean().default(false) },
	function get_portal({ teleport }) {
		return teleport
			? new RedirectResponse("https://www.youtube.com/watch?v=dQw4w9WgXcQ")
			: new JSONResponse({
					message: "Here's your interdimensional portal.",
				});
	},
);
