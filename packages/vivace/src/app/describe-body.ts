import { isFileShape, wantsBytes } from "../inject/file-field.ts";
import { formFields } from "../inject/form-fields.ts";
import type { DependencyGraph } from "../inject/graph.ts";
import type { OpenApiBody } from "../openapi/operation.ts";
import { type Shape, someShape } from "../schema/shape/shape.ts";
import { describeField } from "./describe-field.ts";

/** Documents the body that an operation takes: JSON, or a form. */
export function describeBody({
	body,
	isBodyEmbedded,
	bodyKind,
}: DependencyGraph): OpenApiBody | undefined {
	if (body.length === 0) {
		return undefined;
	}
	const declared = body.find((field) => field.options.mediaType)?.options
		.mediaType;
	if (bodyKind !== "form") {
		return {
			mediaType: declared,
			parts: body.map(describeField),
			isEmbedded: isBodyEmbedded,
		};
	}
	const fields = body.flatMap(formFields);
	// the component of a model has its fields' own names
	const isSpread =
		isBodyEmbedded || body.some(({ options }) => options.aliases !== undefined);
	const hasFiles =
		body.some(({ source }) => source === "file") ||
		fields.some(({ shape }) => isFileShape(shape) || wantsBytes(shape));
	const encodings = fields.flatMap(({ wireName, shape }) => {
		const mediaTypes = mediaTypesOf(shape);
		return mediaTypes.length < 2
			? []
			: [[wireName, { contentType: mediaTypes.join(", ") }] as const];
	});
	return {
		mediaType:
			declared ??
			(hasFiles ? "multipart/form-data" : "application/x-www-form-urlencoded"),
		parts: body.map((field) => ({
			...describeField(field),
			isSpread: isSpread && field.isModel,
			aliases: field.options.aliases,
		})),
		isEmbedded: isSpread,
		encoding: encodings.length > 0 ? Object.fromEntries(encodings) : undefined,
	};
}

/** The media types that the files of a field may have. */
function mediaTypesOf(shape: Shape): readonly string[] {
	let found: readonly string[] = [];
	someShape(shape, ({ mediaTypes }) => {
		found = mediaTypes ?? found;
		return mediaTypes !== undefined;
	});
	return found;
}
