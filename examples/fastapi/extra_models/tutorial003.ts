import { App, HTTPException } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const BaseItem = z.object({ description: z.string() });

const CarItem = BaseItem.extend({ type: z.string().default("car") }).meta({
	id: "CarItem",
});

const PlaneItem = BaseItem.extend({
	type: z.string().default("plane"),
	size: z.int(),
}).meta({ id: "PlaneItem" });

const AnyItem = z.union([PlaneItem, CarItem]);

const items = new Map<string, z.input<typeof AnyItem>>([
	["item1", { description: "All my friends drive a low rider", type: "car" }],
	[
		"item2",
		{
			description: "Music is my aeroplane, it's my aeroplane",
			type: "plane",
			size: 5,
		},
	],
]);

app.get(
	{ path: "/items/{item_id}", response: AnyItem },
	function read_item({ item_id }) {
		const item = items.get(item_id);
		if (item === undefined) {
			throw new HTTPException(404);
		}
		return item;
	},
);
