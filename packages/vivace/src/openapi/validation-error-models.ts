import type { JsonSchema } from "../schema/document/json-schema.ts";
import { componentPrefix } from "./model-table.ts";

/** The models of a 422 answer, as FastAPI documents them. */
export const validationErrorModels: Readonly<Record<string, JsonSchema>> = {
	HTTPValidationError: {
		title: "HTTPValidationError",
		type: "object",
		properties: {
			detail: {
				title: "Detail",
				type: "array",
				items: { $ref: `${componentPrefix}ValidationError` },
			},
		},
	},
	ValidationError: {
		title: "ValidationError",
		type: "object",
		properties: {
			loc: {
				title: "Location",
				type: "array",
				items: { anyOf: [{ type: "string" }, { type: "integer" }] },
			},
			msg: { title: "Message", type: "string" },
			type: { title: "Error Type", type: "string" },
			input: { title: "Input" },
			ctx: { title: "Context", type: "object" },
		},
		required: ["loc", "msg", "type"],
	},
};

/** The response object of an operation that validates. */
export const validationErrorResponse: Readonly<Record<string, unknown>> = {
	description: "Validation Error",
	content: {
		"application/json": {
			schema: { $ref: `${componentPrefix}HTTPValidationError` },
		},
	},
};
