/** What stands where a schema is expected, with what to write instead where that can be told. */
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
	return typeof value === "object"
		? "an object"
		: (JSON.stringify(value) ?? "undefined");
}

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
	const isMaker = schemaMakers.has(name.replace(/^_/, ""));
	return `the function "${name}"${isMaker ? ` (call it: ${name}())` : ""}`;
}

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
