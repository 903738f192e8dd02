import { App } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Image = z
	.object({ url: z.url({ protocol: /^https?$/ }), name: z.string() })
	.meta({ id: "Image" });

const Item = z
	.object({
		name: z.string(),
		description: z.string().nullish(),
		price: z.number(),
		tax: z.number().nullish(),
		tags: z.set(z.string()).default(new Set()),
		images: z.array(Image).nullish(),
	})
	.meta({ id: "Item" });

const Offer = z
	.object({
		name: z.string(),
		description: z.string().nullish(),
		price: z.number(),
		items: z.array(Item),
	})
	.meta({ id: "Offer" });

app.post("/offers/", { offer: Offer }, function create_offer({ offer }) {
	return offer;
});
