import { told } from "../errors/options.ts";
import { isSchema } from "../schema/standard-schema.ts";

/** Describes a value that stands where a schema is expected, with the remedy where it can be told. */
export function declarationText(value: unknown): string {
	if (value === null) {
		return "null";
	}
	if (typeof value === "function") {
		const schema = plainSchemas.get(value);
		return schema === undefined
			? functionText(value)
			: `${value.name}, which is no schema (write ${schema})`;
	}
	return typeof value === "object" ? objectText(value) : told(value);
}

function objectText(value: object): string {
	if (Array.isArray(value)) {
		return "a list";
	}
	if ("then" in value && typeof value.then === "function") {
		return "a promise (name what makes it: dependency(async () => …))";
	}
	const keyword = schemaKeywords.find((name) => name in value);
	if (keyword !== undefined) {
		return `a JSON Schema, with "${keyword}" (write a schema of a library, such as z.string())`;
	}
	const members = Object.values(value);
	return members.length > 0 && members.every(isSchema)
		? "an object of schemas (write z.object({ … }))"
		: "an object";
}

/** Members that only a JSON Schema has in its place, as Fastify takes them. */
const schemaKeywords = [
	"$ref",
	"anyOf",
	"oneOf",
	"properties",
	"type",
	"enum",
] as const;

/** JavaScript's own functions, where a schema is meant. */
const plainSchemas: ReadonlyMap<unknown, string> = new Map<unknown, string>([
	[String, "z.string()"],
	[Number, "z.number()"],
	[Boolean, "z.boolean()"],
	[Date, "z.date()"],
	[BigInt, "z.bigint()"],
	[Array, "z.array(…)"],
	[Object, "z.object({ … })"],
]);

/** `z.string` for `z.string()`: a function of a schema library that was not called is known by its name alone. */
function functionText({ name }: { readonly name: string }): string {
	const own = name.replace(/^_/, "");
	const isMaker = schemaMakers.has(own) || /^Zod[A-Z]/.test(own);
	if (name === "") {
		return "a function without a name";
	}
	if (ownClasses.has(name)) {
		return `the class "${name}" of the runtime (write import { ${name} } from "vivace")`;
	}
	return `the function "${name}"${isMaker ? ` (call it: ${name}())` : ""}`;
}

/** Classes of Vivace whose names the runtime has too: without an import, its own stand there. By name, so that none of them is loaded. */
const ownClasses: ReadonlySet<string> = new Set([
	"Request",
	"Response",
	"WebSocket",
]);

const schemaMakers: ReadonlySet<string> = new Set([
	"any",
	"array",
	"bigint",
	"boolean",
	"date",
	"email",
	"int",
	"number",
	"object",
	"string",
	"unknown",
	"url",
	"uuid",
]);
