import * as v from "valibot";

export const List: v.GenericSchema = v.array(
	v.object({
		id: v.pipe(v.number(), v.safeInteger()),
		name: v.string(),
		price: v.number(),
		note: v.nullable(v.string()),
		active: v.boolean(),
		tags: v.array(v.string()),
	}),
);
