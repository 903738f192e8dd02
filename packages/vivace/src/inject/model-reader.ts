import type { ErrorDetail } from "../errors/validation-error.ts";
import { headerName } from "../http/header-name.ts";
import type { Request } from "../http/request.ts";
import {
	foreignName,
	receivedName,
} from "../schema/library/aliased/renamed-value.ts";
import { libraryOf } from "../schema/read-schema.ts";
import type { Parsed } from "../schema/shape/parsed.ts";
import { coreShape } from "../schema/shape/shape.ts";
import type { ParameterField } from "./parameter-field.ts";

type Texts = Record<string, string | readonly string[]>;

/** A field of a parameter model and the name that it has in the request. */
export interface WireField {
	readonly name: string;
	readonly wireName: string;
	readonly isList: boolean;
}

/**
 * Reads what an object schema is spread over: its fields by their names on the wire, and all else that was received, so that a schema
 * can forbid it and an error can show it. A field's name in code is no name on the wire where that is another: `x_user_id` doesn't fill
 * what a proxy vouches for as `x-user-id`.
 */
export function compileModelReader(
	field: ParameterField,
): (request: Request) => Texts {
	const fields = wireFields(field);
	const otherName = compileOtherNames(
		field,
		new Set(fields.map(({ wireName }) => wireName)),
	);
	// Starlette gives the first of several headers, and the last of several query parameters
	const single = field.source === "header" ? 0 : -1;
	return (request) => {
		const received = receivedTexts(field, request);
		const texts: [string, string | readonly string[]][] = [];
		for (const { name, wireName, isList } of fields) {
			const values = received.get(wireName);
			if (values !== undefined) {
				const text = isList ? values : (values.at(single) as string);
				texts.push([name, text]);
			}
		}
		for (const [name, values] of received) {
			const other = otherName(name);
			if (other !== undefined) {
				const text = values.length === 1 ? (values[0] as string) : values;
				texts.push([other, text]);
			}
		}
		// unlike an assignment, also for a name such as __proto__
		return Object.fromEntries(texts);
	};
}

/**
 * The names by which a schema is told what was received beside its fields; `undefined` for what it is not told: what is read elsewhere, and a
 * field's own name where it would be taken for the field.
 *
 * @param read the names on the wire that are read
 */
export function compileOtherNames(
	{ source, compiled: { schema, shape, fields } }: ParameterField,
	read: ReadonlySet<string>,
): (name: string) => string | undefined {
	const own = new Set(fields.map(({ name }) => name));
	const isOpen = [shape, ...shape.members].some(
		(each) => coreShape(each).items !== undefined,
	);
	// proxies set headers of their own, and may write them otherwise
	const tellsOwn =
		source !== "header" && libraryOf(schema).dropsUnknown && !isOpen;
	return (name) => {
		if (read.has(name)) {
			return undefined;
		}
		if (!own.has(name)) {
			return name;
		}
		return tellsOwn ? foreignName(name) : undefined;
	};
}

/** The fields of a parameter model by their names in the request. */
export function wireFields(field: ParameterField): readonly WireField[] {
	const { aliases = {}, convertUnderscores } = field.options;
	const isHeader = field.source === "header";
	const convert =
		isHeader && convertUnderscores !== false
			? headerName
			: (name: string) => name;
	return field.compiled.fields.map(({ name, isList }) => {
		const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
		const wireName = alias ?? convert(name);
		return {
			name,
			isList,
			wireName: isHeader ? wireName.toLowerCase() : wireName,
		};
	});
}

function receivedTexts(
	field: ParameterField,
	request: Request,
): ReadonlyMap<string, readonly string[]> {
	const received = new Map<string, string[]>();
	for (const [name, value] of receivedPairs(field, request)) {
		const values = received.get(name);
		if (values === undefined) {
			received.set(name, [value]);
		} else {
			values.push(value);
		}
	}
	return received;
}

function receivedPairs(
	field: ParameterField,
	request: Request,
): Iterable<readonly [string, string]> {
	if (field.source === "header") {
		return request.source.headerEntries();
	}
	if (field.source === "cookie") {
		return Object.entries(request.cookies);
	}
	return request.query;
}

/** Gives a model's problems the names that the client knows. */
export function compileAliasedErrors({
	options: { aliases = {} },
}: ParameterField): (parsed: Parsed) => Parsed {
	const wireNames = new Map(Object.entries(aliases));
	const rename = (name: string): string =>
		wireNames.get(name) ?? receivedName(name);
	return (parsed) =>
		parsed.errors === undefined
			? parsed
			: {
					...parsed,
					errors: parsed.errors.map((detail) => renamed(detail, rename)),
				};
}

function renamed(
	detail: ErrorDetail,
	rename: (name: string) => string,
): ErrorDetail {
	const [source = "", field, ...rest] = detail.loc;
	if (field === undefined) {
		return detail;
	}
	const loc = [source, rename(String(field)), ...rest];
	const isOfModel = detail.type === "missing" && rest.length === 0;
	return isOfModel && detail.input !== undefined && detail.input !== null
		? {
				...detail,
				loc,
				input: Object.fromEntries(
					Object.entries(detail.input).map(([name, value]) => [
						rename(name),
						value,
					]),
				),
			}
		: { ...detail, loc };
}
