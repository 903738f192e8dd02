import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
	CursorError,
	cursorCodec,
	listDigest,
	type Position,
	type SortValue,
} from "../../src/pagination/cursor.ts";

const list = listDigest("messages of user 1");
const plain = cursorCodec(undefined);
const signed = cursorCodec("a key of thirty-two bytes at least");

const values: readonly SortValue[] = [
	0,
	-1.5,
	Number.MAX_SAFE_INTEGER,
	"",
	"é ☃ 😀 \0",
	true,
	null,
	9_007_199_254_740_993n,
	-1n,
	new Date("2026-01-02T03:04:05.678Z"),
];

function positionAt(values: readonly SortValue[]): Position {
	return { direction: "after", isInclusive: false, values };
}

suite("a cursor", () => {
	for (const codec of [plain, signed]) {
		const how = codec === plain ? "plain" : "signed";
		for (const direction of ["after", "before"] as const) {
			for (const isInclusive of [true, false]) {
				test(`${how} gives back a position ${direction}${isInclusive ? ", inclusive" : ""}`, () => {
					const position: Position = { direction, isInclusive, values };
					const cursor = codec.encode(position, list);
					assert.match(cursor, /^[\w.-]+$/);
					assert.deepEqual(codec.decode(cursor, list), position);
				});
			}
		}
	}

	const cursor = plain.encode(positionAt([5]), list);
	const forged = (...fields: readonly unknown[]): string =>
		Buffer.from(JSON.stringify(fields)).toString("base64url");
	const refused: [title: string, cursor: string, message: RegExp][] = [
		["nothing", "", /damaged/],
		["any text", "hello world", /damaged/],
		["a number", forged(), /damaged/],
		["JSON of another form", btoa('{"a":1}'), /damaged/],
		["a shortened one", cursor.slice(0, -4), /damaged/],
		["one of another version", forged(2, 0, [5], list), /damaged/],
		["an unknown mode", forged(1, 9, [5], list), /damaged/],
		["values that are none", forged(1, 0, "5", list), /damaged/],
		["an object as value", forged(1, 0, [{}], list), /damaged/],
		["a date that is none", forged(1, 0, [["d", 1e300]], list), /damaged/],
		["digits that are none", forged(1, 0, [["n", "1x"]], list), /damaged/],
		["one of another list", forged(1, 0, [5], "x"), /another list/],
	];
	for (const [title, text, message] of refused) {
		test(`is refused: ${title}`, () => {
			assert.throws(
				() => plain.decode(text, list),
				(error) => error instanceof CursorError && message.test(error.message),
			);
		});
	}

	test("that is signed is refused when it was changed, or made with another key, or with none", () => {
		const [text, signature] = signed
			.encode(positionAt([5]), list)
			.split(".", 2);
		const other = cursorCodec("another key of at least 32 bytes..");
		for (const made of [
			`${forged(1, 0, [6], list)}.${signature}`,
			`${text}.${signature}x`,
			`${text}.`,
			text ?? "",
			cursor,
			other.encode(positionAt([5]), list),
		]) {
			assert.throws(() => signed.decode(made, list), /damaged/);
		}
	});
});

test("the digest of a list differs by what it is selected by, dates and big integers too", () => {
	const digests = [
		listDigest("a", [1]),
		listDigest("a", ["1"]),
		listDigest("a", [1n]),
		listDigest("a", [null]),
		listDigest("a", [new Date(0)]),
		listDigest("a", [new Date(1)]),
		listDigest("b", [1]),
	];
	assert.equal(new Set(digests).size, digests.length);
	assert.equal(listDigest("a", [1]), digests[0]);
});
