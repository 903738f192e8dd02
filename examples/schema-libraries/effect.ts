import { Schema } from "effect";
import { App, Body } from "vivace";

/** Effect's own two steps to Standard Schema: to validate, and to say what it validates. */
function standard<Declared extends Schema.ConstraintDecoder<unknown>>(
	schema: Declared,
) {
	return Schema.toStandardJSONSchemaV1(Schema.toStandardSchemaV1(schema));
}

const Item = standard(
	Schema.Struct({
		name: Schema.String,
		price: Schema.Finite,
		tags: Schema.optionalKey(Schema.Array(Schema.String)),
	}),
);

export const app = new App({ title: "Effect Schema" });

app.get(
	"/items/{id}",
	{ id: standard(Schema.Int), full: standard(Schema.Boolean) },
	({ id, full }) => ({ id, full }),
);

app.post(
	{ path: "/items", response: Item, status: 201 },
	{ item: Body(Item) },
	({ item }) => ({ ...item, secret: "dropped" }),
);
