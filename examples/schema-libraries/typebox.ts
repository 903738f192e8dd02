import type {
	StandardJSONSchemaV1,
	StandardSchemaV1,
} from "@standard-schema/spec";
import Type, { type Static, type TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { App, Body } from "vivace";

type Standard<Value> = {
	readonly "~standard": StandardSchemaV1.Props<Value> &
		StandardJSONSchemaV1.Props<Value>;
};

/** A schema of TypeBox is a JSON Schema, which says what it is; what validates is compiled from it. */
function standard<Declared extends TSchema>(
	schema: Declared,
): Standard<Static<Declared>> {
	const compiled = Compile(schema);
	const jsonSchema = () => schema as Record<string, unknown>; // TypeBox declares its schemas as unknown objects
	return {
		"~standard": {
			version: 1,
			vendor: "typebox",
			jsonSchema: { input: jsonSchema, output: jsonSchema },
			validate: (value) =>
				compiled.Check(value)
					? { value }
					: {
							issues: compiled.Errors(value).map((error) => ({
								message: error.message,
								path: pathOf(error.instancePath),
							})),
						},
		},
	};
}

/** A JSON Pointer's steps (RFC 6901); digits are taken for positions. */
function pathOf(pointer: string): (string | number)[] {
	return pointer
		.split("/")
		.slice(1)
		.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
		.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

const Item = standard(
	Type.Object({
		name: Type.String({ minLength: 2 }),
		price: Type.Number(),
		tags: Type.Optional(Type.Array(Type.String())),
	}),
);

export const app = new App({ title: "TypeBox" });

app.get(
	"/items/{id}",
	{ id: standard(Type.Integer()), full: standard(Type.Boolean()) },
	({ id, full }) => ({ id, full }),
);

app.post(
	{ path: "/items", response: Item, status: 201 },
	{ item: Body(Item) },
	({ item }) => ({ ...item, secret: "dropped" }),
);
