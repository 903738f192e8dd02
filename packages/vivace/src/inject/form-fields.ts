import type { FormEntry, ReceivedForm } from "../http/form/received-form.ts";
import type { UploadFile } from "../http/form/upload-file.ts";
import type { Request } from "../http/request.ts";
import { coreShape, type Shape } from "../schema/shape/shape.ts";
import { wantsBytes } from "./file-field.ts";
import { compileOtherNames, wireFields } from "./model-reader.ts";
import type { ParameterField } from "./parameter-field.ts";

/** Reads one value of a form; `undefined` where it is absent. */
export type FormReader = (form: ReceivedForm) => unknown;

/** A field as it stands in the form: one of its own, or of a form model. */
export interface FormField {
	/** Its name in the model, and in the form. */
	readonly name: string;
	readonly wireName: string;
	readonly isList: boolean;
	readonly shape: Shape;
}

/** The closure that reads the form of a route, with all that its parameters ask of the files. */
export function compileFormStep(
	fields: readonly ParameterField[],
): (request: Request) => Promise<ReceivedForm> {
	const bytesOf = new Set<string>();
	const typesOf = new Set<string>();
	for (const field of fields) {
		for (const { wireName, shape } of formFields(field)) {
			if (wantsBytes(shape)) {
				bytesOf.add(wireName);
			}
			if (field.options.detectType === true) {
				typesOf.add(wireName);
			}
		}
	}
	if (bytesOf.size === 0 && typesOf.size === 0) {
		return (request) => request.form();
	}
	return async (request) => {
		const form = await request.form();
		for (const entry of form.fields) {
			const { name, value } = entry;
			if (typeof value === "string") {
				continue;
			}
			if (bytesOf.has(name)) {
				entry.bytes ??= await value.bytes();
			}
			if (typesOf.has(name)) {
				await value["~detectType"]();
			}
		}
		return form;
	};
}

/** The closure that reads a field which stands alone. An empty text counts as absent, and stays in a list (FastAPI). */
export function compileFormField(field: ParameterField): FormReader {
	const [{ wireName, isList, shape }] = formFields(field) as [FormField];
	const read = compileValue(shape);
	if (isList) {
		return (form) => {
			const entries = form.all(wireName);
			return entries.length === 0 ? undefined : entries.map(read);
		};
	}
	return (form) => {
		const entry = form.last(wireName);
		return entry === undefined || entry.value === "" ? undefined : read(entry);
	};
}

/**
 * The closure that reads a form model: its fields by their names in the form, and all else that was received, so that a schema can forbid
 * it; but for what stands beside the model in the same form.
 */
export function compileFormModel(
	field: ParameterField,
	body: readonly ParameterField[],
): (form: ReceivedForm) => Readonly<Record<string, unknown>> {
	const own = formFields(field).map((each) => ({
		...each,
		read: compileValue(each.shape),
	}));
	const read = [field, ...body].flatMap(formFields);
	const otherName = compileOtherNames(
		field,
		new Set(read.map(({ wireName }) => wireName)),
	);
	return (form) => {
		const values: [string, unknown][] = [];
		for (const { name, wireName, isList, read } of own) {
			const entries = form.all(wireName);
			const last = entries.at(-1);
			if (last !== undefined) {
				values.push([name, isList ? entries.map(read) : read(last)]);
			}
		}
		const others = new Map<string, FormEntry["value"][]>();
		for (const { name, value } of form.fields) {
			const other = otherName(name);
			if (other !== undefined) {
				others.set(other, [...(others.get(other) ?? []), value]);
			}
		}
		for (const [name, received] of others) {
			values.push([name, received.length === 1 ? received[0] : received]);
		}
		// unlike an assignment, also for a name such as __proto__
		return Object.fromEntries(values);
	};
}

/** The fields of a form that a parameter is read from. */
export function formFields(field: ParameterField): readonly FormField[] {
	const { shape, kind } = field.compiled;
	if (field.isModel) {
		return wireFields(field).map(({ name, wireName, isList }) => ({
			name,
			wireName,
			isList,
			shape: fieldShape(shape, name),
		}));
	}
	const isList = kind === "list";
	return [{ name: field.name, wireName: field.name, isList, shape }];
}

/** The shape of a field of an object, or of the member of a union of objects that has it. */
function fieldShape(shape: Shape, name: string): Shape {
	const core = coreShape(shape);
	const own = core.fields.get(name);
	if (own !== undefined) {
		return own;
	}
	const member = core.members.find((each) => coreShape(each).fields.has(name));
	return member === undefined ? core : fieldShape(member, name);
}

const utf8 = new TextEncoder();

function compileValue(
	shape: Shape,
): (entry: FormEntry) => string | UploadFile | Uint8Array {
	return wantsBytes(shape)
		? ({ value, bytes }) =>
				typeof value === "string" ? utf8.encode(value) : (bytes ?? value)
		: ({ value }) => value;
}
