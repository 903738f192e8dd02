import type { Random } from "./random.ts";

/** A body of a form, with its `Content-Type`. */
export interface FuzzedForm {
	readonly contentType: string;
	readonly text: string;
}

/** A form with the members of a value as its fields, mostly right; `undefined` for a media type that is no form's. */
export function formBody(
	mediaType: string,
	value: unknown,
	random: Random,
): FuzzedForm | undefined {
	const fields = fieldsOf(value, random);
	if (mediaType === "application/x-www-form-urlencoded") {
		const pairs = fields.map(
			([name, text]) =>
				`${encodeURIComponent(name)}=${encodeURIComponent(text)}`,
		);
		const odd = random.chance(0.1) ? random.of(["&&", "=", "%", ";", "a"]) : "";
		return { contentType: mediaType, text: pairs.join("&") + odd };
	}
	if (mediaType !== "multipart/form-data") {
		return undefined;
	}
	const boundary = random.of(["fuzz", "-", "a b", "x".repeat(70)]);
	const sent = random.chance(0.03) ? random.of(["", "other"]) : boundary;
	const parts = fields.map(([name, text]) =>
		part(boundary, name, text, random),
	);
	const end = random.chance(0.05)
		? random.of(["", `--${boundary}`, `--${boundary}--more`])
		: `--${boundary}--\r\n`;
	return {
		contentType: `multipart/form-data; boundary="${sent}"`,
		text: parts.join("") + end,
	};
}

type Field = readonly [name: string, text: string];

function fieldsOf(value: unknown, random: Random): Field[] {
	const members = Object.entries(
		typeof value === "object" && value !== null ? value : { value },
	);
	const fields = members.flatMap(([name, member]) =>
		(Array.isArray(member) ? member : [member]).map((each): Field => {
			const text = typeof each === "string" ? each : JSON.stringify(each);
			return [name.toWellFormed(), (text ?? "").toWellFormed()];
		}),
	);
	if (random.chance(0.05)) {
		fields.push(random.of(oddFields));
	}
	return fields;
}

function part(
	boundary: string,
	name: string,
	text: string,
	random: Random,
): string {
	const quoted = name.replaceAll('"', "%22").replaceAll(/[\r\n]/g, "");
	const options = [`name="${quoted}"`];
	if (random.chance(0.6)) {
		options.push(random.of(fileNames));
	}
	const lines = [`Content-Disposition: form-data; ${options.join("; ")}`];
	if (random.chance(0.5)) {
		lines.push(random.of(oddLines));
	}
	return `--${boundary}\r\n${lines.join("\r\n")}\r\n\r\n${text}\r\n`;
}

const fileNames = [
	'filename="a.png"',
	'filename=""',
	'filename="../../etc/passwd"',
	'filename="\u0000"',
	"filename*=UTF-8''%ff",
	'filename="C:\\a\\b.txt"',
];
const oddLines = [
	"Content-Type: image/png",
	"Content-Type: ",
	"Content-Type: multipart/mixed; boundary=fuzz",
	"Content-Disposition: attachment",
	"Content-Transfer-Encoding: base64",
	"A b: c",
	" folded",
	": no name",
];
const oddFields: readonly Field[] = [
	["__proto__", "1"],
	["", ""],
	["toString", "x"],
	["large", "x".repeat(1_100_000)],
];
