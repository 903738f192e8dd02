import { formBody } from "./form-body.ts";
import type { Random } from "./random.ts";
import { type DocumentedSchema, SchemaValues } from "./schema-values.ts";

/** The part of an OpenAPI document that is read. */
export interface FuzzedDocument {
	readonly paths?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
	readonly components?: {
		readonly schemas?: Readonly<Record<string, DocumentedSchema>>;
	};
}

/** A request as it goes out. */
export interface FuzzedRequest {
	/** The operation that it was made from: `GET /items/{id}`. */
	readonly operation: string;
	readonly method: string;
	/** Path and query. */
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | Uint8Array<ArrayBuffer> | undefined;
	/** The answer may be a stream that doesn't end. */
	readonly isStreamed: boolean;
}

interface Operation {
	readonly path: string;
	readonly method: string;
	readonly parameters: readonly Parameter[];
	readonly bodies: Readonly<Record<string, { schema?: DocumentedSchema }>>;
	readonly isStreamed: boolean;
}

interface Parameter {
	readonly name: string;
	readonly in: string;
	readonly required?: boolean;
	readonly schema?: DocumentedSchema;
}

/** Makes requests for the operations of a document: right, at a bound, and wrong, in parts of their own. */
export class RequestMaker {
	readonly #operations: readonly Operation[];
	readonly #random: Random;
	readonly #values: SchemaValues;

	constructor(document: FuzzedDocument, random: Random) {
		this.#random = random;
		this.#operations = operationsOf(document);
		this.#values = new SchemaValues(document.components?.schemas ?? {}, random);
	}

	/** How many operations there are. */
	get size(): number {
		return this.#operations.length;
	}

	make(): FuzzedRequest {
		const random = this.#random;
		const operation = random.of(this.#operations);
		const method = random.chance(0.02)
			? random.of(["GET", "POST", "HEAD", "OPTIONS", "DELETE"])
			: operation.method;
		const [mediaType, body] = this.#body(operation, method);
		return {
			operation: `${operation.method} ${operation.path}`,
			method,
			url: this.#path(operation) + this.#query(operation),
			headers: { ...this.#headers(operation), ...mediaType },
			body,
			isStreamed: operation.isStreamed,
		};
	}

	#path({ path, parameters }: Operation): string {
		return path.replace(/\{([^}]+)\}/g, (_, name) => {
			const parameter = parameters.find(
				(each) => each.in === "path" && each.name === name,
			);
			return this.#random.chance(0.1)
				? this.#random.of(oddSegments)
				: encodeURIComponent(this.#text(parameter?.schema).toWellFormed());
		});
	}

	#query({ parameters }: Operation): string {
		const pairs = this.#chosen(parameters, "query").map(
			({ name, schema }) =>
				`${encodeURIComponent(name)}=${encodeURIComponent(this.#text(schema).toWellFormed())}`,
		);
		if (this.#random.chance(0.15)) {
			pairs.push(this.#random.of(oddPairs));
		}
		return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
	}

	#headers({ parameters }: Operation): Record<string, string> {
		const headers: Record<string, string> = {};
		for (const { name, schema } of this.#chosen(parameters, "header")) {
			headers[name.toLowerCase()] = headerText(this.#text(schema));
		}
		const cookies = this.#chosen(parameters, "cookie").map(
			({ name, schema }) => `${name}=${headerText(this.#text(schema))}`,
		);
		if (this.#random.chance(0.05)) {
			cookies.push(this.#random.of(oddCookies));
		}
		if (cookies.length > 0) {
			headers.cookie = cookies.join("; ");
		}
		if (this.#random.chance(0.1)) {
			const [name, value] = this.#random.of(oddHeaders);
			headers[name] = value;
		}
		return headers;
	}

	/** The parameters of a source: nearly all, some left out, some twice. */
	#chosen(parameters: readonly Parameter[], source: string): Parameter[] {
		const random = this.#random;
		return parameters
			.filter((each) => each.in === source)
			.flatMap((each) => {
				const share = each.required === true ? 0.95 : 0.6;
				return random.chance(share)
					? Array<Parameter>(random.chance(0.1) ? 2 : 1).fill(each)
					: [];
			});
	}

	#text(schema: DocumentedSchema | undefined): string {
		const value = this.#values.valueFor(schema);
		return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
	}

	#body(
		{ bodies }: Operation,
		method: string,
	): [Record<string, string>, FuzzedRequest["body"]] {
		const random = this.#random;
		const types = Object.keys(bodies);
		if (method === "GET" || method === "HEAD") {
			return [{}, undefined];
		}
		if (types.length === 0 ? random.chance(0.9) : random.chance(0.03)) {
			return [{}, undefined];
		}
		const type = types.length === 0 ? "application/json" : random.of(types);
		const value = this.#values.valueFor(bodies[type]?.schema);
		const form = formBody(type, value, random);
		if (form !== undefined) {
			const headers = { "content-type": form.contentType };
			return [headers, this.#spoilt(form.text)];
		}
		const text = JSON.stringify(value);
		const sent = random.chance(0.05) ? random.of(oddTypes) : type;
		return [{ "content-type": sent }, this.#spoilt(text)];
	}

	/** The text as it is, mostly. */
	#spoilt(text: string): string | Uint8Array<ArrayBuffer> {
		const random = this.#random;
		if (random.chance(0.85)) {
			return text;
		}
		const bytes = new TextEncoder().encode(text);
		const at = random.below(bytes.length + 1);
		switch (random.below(6)) {
			case 0:
				return text.slice(0, at);
			case 1:
				bytes[at] = random.below(256);
				return bytes;
			case 2:
				return `\uFEFF${text}`;
			case 3:
				return text.replaceAll(
					/\d+/g,
					random.of(["1e400", "-0", "9".repeat(400)]),
				);
			case 4:
				return "[".repeat(random.of([100, 1000, 20_000])) + text;
			default:
				return `${text.slice(0, at)}${random.of(['"', "}", ",", "\\", "\u0000"])}${text.slice(at)}`;
		}
	}
}

function operationsOf({ paths = {} }: FuzzedDocument): Operation[] {
	return Object.entries(paths).flatMap(([path, item]) =>
		Object.entries(item).flatMap(([method, value]) => {
			const operation = value as {
				parameters?: readonly Parameter[];
				requestBody?: { content?: Operation["bodies"] };
				responses?: Readonly<Record<string, { content?: object }>>;
			};
			return [
				{
					path,
					method: method.toUpperCase(),
					parameters: operation.parameters ?? [],
					bodies: operation.requestBody?.content ?? {},
					isStreamed: Object.values(operation.responses ?? {}).some(
						({ content = {} }) =>
							/event-stream|jsonl/.test(Object.keys(content).join()),
					),
				},
			];
		}),
	);
}

/** A text with the characters that a header may have (RFC 9110 §5.5). */
function headerText(text: string): string {
	return text.replaceAll(/[^\t\x20-\xff]/g, "?").trim();
}

const oddSegments = [
	"%00",
	"%ff",
	"..%2f",
	"%2e",
	"a%2Fb",
	"%",
	"-".repeat(500),
	"%F0%9F%98%80",
	";",
	"1e400",
];
const oddPairs = [
	"=",
	"&&",
	"a[b]=1",
	"%",
	"%ff=%fe",
	"a=%00",
	"__proto__=1",
	"toString=",
	"limit=-1",
	"x=1e400",
	`z=${"y".repeat(2000)}`,
];
const oddCookies = ["=", "a", 'a="b', "__proto__=1", "a=%", ";;", "a=b=c"];
const oddTypes = [
	"",
	"application/JSON",
	"application/json; charset=latin-1",
	"application/vnd.a+json",
	"text/plain",
	"multipart/form-data",
	"application/x-www-form-urlencoded",
	"a",
	";",
];
const oddHeaders: readonly (readonly [string, string])[] = [
	["accept", "text/html;q=x"],
	["authorization", "Basic \xe9"],
	["range", "bytes=9-1,-0"],
	["if-none-match", '"'],
	["x-forwarded-proto", "gopher"],
	["last-event-id", "99999999999999999999"],
	["accept-encoding", "gzip;q=2, *"],
	["origin", "null"],
	["idempotency-key", "\xff"],
];
