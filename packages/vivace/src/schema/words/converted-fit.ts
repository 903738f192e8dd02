import { compileConversion } from "../shape/conversion.ts";
import type { Shape } from "../shape/shape.ts";
import { fitsShape } from "../shape/shape-fit.ts";

/** True for a value that is, when it was converted, of the kind that a shape asks for, whatever its bounds say. */
export function fitsConverted(shape: Shape, value: unknown): boolean {
	return fitsShape(
		withoutBounds(shape),
		compileConversion(shape, "text")(value),
	);
}

function withoutBounds(shape: Shape): Shape {
	return {
		...shape,
		minLength: 0,
		maxLength: Number.POSITIVE_INFINITY,
		patterns: [],
	};
}
