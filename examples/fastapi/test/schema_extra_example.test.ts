import { checkPort } from "./check-port.ts";

const item = { name: "Bar", description: null, price: 35.4, tax: null };

for (const number of ["001", "002", "003", "004", "005"]) {
	checkPort(`schema_extra_example.tutorial${number}`, [
		[
			"PUT /items/5",
			{ json: { name: "Bar", price: "35.4" } },
			200,
			{ item_id: 5, item },
		],
	]);
}
