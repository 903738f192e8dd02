import { App } from "vivace";
import { z } from "zod";

const Item = z
	.object({ name: z.string(), description: z.string().nullish() })
	.meta({ id: "Item" });

const Author = z
	.object({ name: z.string(), items: z.array(Item).optional() })
	.meta({ id: "Author" });

export const app = new App({ title: "FastAPI" });

app.post(
	{ path: "/authors/{author_id}/items/", response: Author },
	{ author_id: z.string(), items: z.array(Item) },
	function create_author_items({ author_id, items }) {
		return { name: author_id, items };
	},
);

app.get(
	{ path: "/authors/", response: z.array(Author) },
	function get_authors() {
		return [
			{
				name: "Breaters",
				items: [
					{
						name: "Island In The Moon",
						description: "A place to be playin' and havin' fun",
					},
					{ name: "Holy Buddies" },
				],
			},
			{
				name: "System of an Up",
				items: [
					{
						name: "Salt",
						description: "The kombucha mushroom people's favorite",
					},
					{ name: "Pad Thai" },
					{
						name: "Lonely Night",
						description: "The mostests lonliest nightiest of allest",
					},
				],
			},
		];
	},
);
