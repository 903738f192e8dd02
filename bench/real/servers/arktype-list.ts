import { type Type, type } from "arktype";

export const List: Type<object[]> = type({
	"+": "delete",
	id: "number.integer",
	name: "string",
	price: "number",
	note: "string | null",
	active: "boolean",
	tags: "string[]",
}).array();
