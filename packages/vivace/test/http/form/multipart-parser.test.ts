import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { multipartParser } from "../../../src/http/form/multipart-parser.ts";
import {
	type MultipartToken,
	partEnd,
} from "../../../src/http/form/multipart-port.ts";
import { parsePartHead } from "../../../src/http/form/part-head.ts";

type Part = readonly [
	name: string,
	content: string,
	filename?: string | undefined,
];

function partsOf(pieces: Iterable<Uint8Array>, boundary = "b"): Part[] {
	const parser = multipartParser(boundary);
	const parts: Part[] = [];
	let content: Uint8Array[] | undefined;
	const take = (token: MultipartToken): void => {
		if (token instanceof Uint8Array) {
			assert.ok(content !== undefined, "content stands in a part");
			content.push(Uint8Array.from(token));
		} else if (token === partEnd) {
			const [name = "", , filename] = parts.pop() ?? [];
			const text = Buffer.concat(content ?? []).toString("latin1");
			parts.push([name, text, filename]);
			content = undefined;
		} else {
			assert.equal(content, undefined, "a part ends before the next begins");
			content = [];
			parts.push([token.name, "", token.filename]);
		}
	};
	for (const piece of pieces) {
		for (const token of parser.feed(piece)) {
			take(token);
		}
	}
	parser.finish();
	return parts;
}

const bytes = (text: string) => Buffer.from(text, "latin1");
const whole = (text: string) => partsOf([bytes(text)]);
const part = (headers: string, content: string) =>
	`--b\r\n${headers}\r\n\r\n${content}\r\n`;
const named = (options: string, content = "x") =>
	`${part(`Content-Disposition: form-data; ${options}`, content)}--b--\r\n`;

describe("a multipart body", () => {
	const accepted: readonly (readonly [string, string, readonly Part[]])[] = [
		["of no part", "--b--\r\n", []],
		["of nothing", "", []],
		["with an empty part", named('name="a"', ""), [["a", "", undefined]]],
		[
			"with line ends before it and text behind it",
			`\r\n${named('name="a"')}more\r\n--b\r\n`,
			[["a", "x", undefined]],
		],
		[
			"with two parts of one name, and __proto__",
			part('content-disposition:form-data;name="__proto__"', "1") +
				part("Content-Disposition: form-data; name=__proto__", "2") +
				"--b--",
			[
				["__proto__", "1", undefined],
				["__proto__", "2", undefined],
			],
		],
		[
			"with lines in a content that begin as its boundary does",
			named('name="a"', "\r\n--bc\r\n--b-\r\n--b \r\n--\r\n-"),
			[["a", "\r\n--bc\r\n--b-\r\n--b \r\n--\r\n-", undefined]],
		],
		[
			"within a part",
			`${part(
				'Content-Disposition: form-data; name="a"\r\nContent-Type: multipart/mixed; boundary=c',
				"--c\r\n\r\n1\r\n--c--",
			)}--b--`,
			[["a", "--c\r\n\r\n1\r\n--c--", undefined]],
		],
		["with an empty name", named('name=""'), [["", "x", undefined]]],
		[
			"with an empty file name",
			named('name="a"; filename=""'),
			[["a", "x", ""]],
		],
		[
			"with a file name that leads elsewhere",
			named('name="a"; filename="../../etc/passwd"'),
			[["a", "x", "../../etc/passwd"]],
		],
		[
			"with a semicolon in a file name",
			named('filename="a;b=c.txt"; name="a"'),
			[["a", "x", "a;b=c.txt"]],
		],
		[
			"with an escape that browsers write",
			named('name="a"; filename="a%22b.txt"'),
			[["a", "x", "a%22b.txt"]],
		],
		[
			"with a quote in a file name",
			named('name="a"; filename="a\\"b"'),
			[["a", "x", 'a"b']],
		],
		[
			"with a Windows path for a file name",
			named('name="a"; filename="C:\\temp\\a.txt"'),
			[["a", "x", "a.txt"]],
		],
		[
			"with a file name in UTF-8",
			named(`name="a"; filename="${bytes("").toString()}\xc3\xa9.txt"`),
			[["a", "x", "é.txt"]],
		],
		[
			"with a file name in latin-1",
			named('name="a"; filename="\xe9.txt"'),
			[["a", "x", "é.txt"]],
		],
		[
			"with a file name in RFC 5987's form alone",
			named("name=a; filename*=UTF-8''b.txt"),
			[["a", "x", undefined]],
		],
		[
			"with both forms of a file name",
			named("name=a; filename*=UTF-8''b.txt; FILENAME=c.txt"),
			[["a", "x", "c.txt"]],
		],
		[
			"with something behind the quotes of a name",
			named('name="a"x; filename="b;c" d'),
			[['"a"x', "x", '"b;c" d']],
		],
		[
			"with quotes that nobody closes, which hide a file name",
			named('name="a; filename=b.txt'),
			[['"a; filename=b.txt', "x", undefined]],
		],
		[
			"with blanks around names and values",
			named(' name = a b ;filename =  "c" '),
			[["a b", "x", "c"]],
		],
		["with two names", named('name="a"; name="b"'), [["b", "x", undefined]]],
		[
			"with two dispositions",
			`${part('Content-Disposition: form-data; name="a"\r\nContent-Disposition: attachment; name="b"', "x")}--b--`,
			[["b", "x", undefined]],
		],
	];
	for (const [what, text, expected] of accepted) {
		test(`${what} is read, however it is cut`, () => {
			assert.deepEqual(whole(text), expected);
			assert.deepEqual(
				partsOf(Array.from(bytes(text), (byte) => Uint8Array.of(byte))),
				expected,
			);
			for (let cut = 1; cut < text.length; cut++) {
				const pieces = [bytes(text.slice(0, cut)), bytes(text.slice(cut))];
				assert.deepEqual(partsOf(pieces), expected, `cut at ${cut}`);
			}
		});
	}

	const invalid = "Invalid multipart data.";
	const early = "Multipart data ends early: the last boundary is missing.";
	const nameless =
		'The Content-Disposition header field "name" must be provided.';
	const refused: readonly (readonly [string, string, string])[] = [
		["with another boundary", "--c\r\n", invalid],
		["with line feeds alone", "--b\nContent-Disposition: x", invalid],
		["with a text before it", `x\r\n${named('name="a"')}`, invalid],
		["with blanks behind a boundary", "--b \r\n", invalid],
		[
			"with a folded header line",
			`--b\r\nContent-Disposition: form-data;\r\n name="a"\r\n\r\n`,
			invalid,
		],
		["with a blank in a header's name", "--b\r\nA b: c\r\n\r\n", invalid],
		["with a line that is no header", "--b\r\nA\r\n\r\n", invalid],
		[
			"with a NUL in a header",
			'--b\r\nContent-Disposition: form-data; name="a\0"\r\n\r\n',
			invalid,
		],
		["with an endless head", `--b\r\nA: ${"x".repeat(20_000)}`, invalid],
		["with a part without headers", "--b\r\n\r\nx\r\n--b--", nameless],
		["with a part without a name", named("filename=a"), nameless],
		["with a name in RFC 5987's form alone", named("name*=UTF-8''a"), nameless],
		["that ends in a boundary", "--b", early],
		["that ends behind a boundary", "--b\r\n", early],
		["that ends in a head", "--b\r\nContent-Dis", early],
		[
			"that ends in a content",
			part('Content-Disposition: form-data; name="a"', "x"),
			early,
		],
		["that ends with half a mark", `${named("name=a").slice(0, -3)}`, early],
	];
	for (const [what, text, detail] of refused) {
		test(`${what} is refused, however it is cut`, () => {
			const expected = { status: 400, detail };
			assert.throws(() => whole(text), expected);
			assert.throws(
				() => partsOf(Array.from(bytes(text), (byte) => Uint8Array.of(byte))),
				expected,
			);
		});
	}

	test("of 10,000 parts is read in linear time", () => {
		const text = `${part('Content-Disposition: form-data; name="a"', "x").repeat(10_000)}--b--`;
		assert.equal(whole(text).length, 10_000);
	});

	test("whose content is all line ends and hyphens is read in linear time", () => {
		const content = "\r\n--".repeat(250_000);
		const pieces = bytes(named('name="a"', content));
		const cut = Array.from(
			{ length: Math.ceil(pieces.length / 1000) },
			(_, index) => pieces.subarray(index * 1000, (index + 1) * 1000),
		);
		assert.deepEqual(partsOf(cut), [["a", content, undefined]]);
	});
});

test("of two media types of a part the first counts, as in Starlette", () => {
	const head = parsePartHead(
		"Content-Type: text/a\r\nContent-Disposition: form-data; name=a\r\nContent-Type: text/b",
	);
	assert.equal(head.contentType, "text/a");
	assert.equal(head.headers.length, 3);
});
