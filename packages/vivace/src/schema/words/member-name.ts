import { acceptsNull, coreShape, type Shape } from "../shape/shape.ts";
import { pythonText } from "./python-text.ts";

/** The name that Pydantic gives a member of a union in an error's location: `int`, `list[str]`, `Cat`, `literal['a','b']`. */
export function memberName(shape: Shape): string {
	return nameWithin(shape, []);
}

/** A shape that contains itself has the name `...` there, as in Pydantic. */
function nameWithin(shape: Shape, around: readonly Shape[]): string {
	const core = coreShape(shape);
	const isWithin = around.includes(core);
	if (isWithin && (core.kind === "union" || !around.some(isUnion))) {
		return "...";
	}
	const inside = [...around, core];
	const itemName = (item: Shape | undefined): string =>
		nullableName(item, inside);
	switch (core.kind) {
		case "null":
			return "none";
		case "boolean":
			return "bool";
		case "integer":
		case "bigint":
			return core.isConstrained ? "constrained-int" : "int";
		case "number":
			return core.isConstrained ? "constrained-float" : "float";
		case "string":
			return textName(core);
		case "date":
			return "datetime";
		case "file":
			return "UploadFile";
		case "bytes":
			return "bytes";
		case "choice":
			return choiceName(core);
		case "list":
			return `list[${itemName(core.items)}]`;
		case "set":
			return `set[${itemName(core.items)}]`;
		case "tuple":
			return `tuple[${core.positions.map(itemName).join(", ")}]`;
		case "record":
		case "map":
			return `dict[${itemName(core.keys)},${itemName(core.items)}]`;
		case "object":
			return core.name ?? "model";
		case "union":
			return unionName(core, itemName);
		case "any":
			return "any";
	}
}

const formatNames: Readonly<Record<string, string>> = {
	"date-time": "datetime",
	date: "date",
	time: "time",
	duration: "timedelta",
	uuid: "uuid",
	uri: "url",
	email: "function-after[_validate(), str]",
};

function textName(shape: Shape): string {
	const byFormat = formatNames[shape.format ?? ""];
	return byFormat ?? (shape.isConstrained ? "constrained-str" : "str");
}

function choiceName(shape: Shape): string {
	if (shape.isLiteral) {
		return `literal[${shape.values.map(pythonText).join(",")}]`;
	}
	const isText = shape.values.every((value) => typeof value === "string");
	return `${isText ? "str-enum" : "enum"}[${shape.name ?? "Enum"}]`;
}

function isUnion({ kind }: Shape): boolean {
	return kind === "union";
}

function unionName(shape: Shape, itemName: (item: Shape) => string): string {
	const kind = shape.discriminator === undefined ? "union" : "tagged-union";
	return `${kind}[${shape.members.map(itemName).join(",")}]`;
}

function nullableName(
	shape: Shape | undefined,
	around: readonly Shape[],
): string {
	if (shape === undefined) {
		return "any";
	}
	const name = nameWithin(shape, around);
	return acceptsNull(shape) ? `nullable[${name}]` : name;
}
