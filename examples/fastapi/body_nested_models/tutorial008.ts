import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Image = z
	.object({ url: z.url({ protocol: /^https?$/ }), name: z.string() })
	.meta({ id: "Image" });

app.post(
	"/images/multiple/",
	{ images: z.array(Image) },
	function create_multiple_images({ images }) {
		return images;
	},
);
