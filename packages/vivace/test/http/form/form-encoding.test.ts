import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formEncoding } from "../../../src/http/form/form-encoding.ts";

// each was seen to be read so by Starlette 1.7
describe("the boundary of a content type", () => {
	const rows: readonly (readonly [string, string])[] = [
		["multipart/form-data; boundary=b", "b"],
		["Multipart/Form-Data;BOUNDARY=b", "b"],
		['multipart/form-data; boundary="b"; charset=utf-8', "b"],
		['multipart/form-data; boundary="b;c"', "b;c"],
		["multipart/form-data; boundary=b c", "b c"],
		["multipart/form-data; boundary=b; boundary=c", "c"],
		["multipart/form-data; boundary = b", "b"],
		['multipart/form-data; x="; boundary=a"; boundary=b', "b"],
		["multipart/form-data; boundary=a'()+_,-./:=?", "a'()+_,-./:=?"],
	];
	for (const [contentType, boundary] of rows) {
		test(contentType, () => {
			const expected = { kind: "multipart", boundary };
			assert.deepEqual(formEncoding(contentType), expected);
		});
	}

	for (const [contentType, detail] of [
		["multipart/form-data", "Missing boundary in multipart."],
		["multipart/form-data; xboundary=b", "Missing boundary in multipart."],
		["multipart/form-data; boundary*=b", "Missing boundary in multipart."],
		["multipart/form-data; boundary=", "Invalid multipart data."],
		['multipart/form-data; boundary=""', "Invalid multipart data."],
	] as const) {
		test(`${contentType} has none`, () => {
			const expected = { status: 400, detail };
			assert.throws(() => formEncoding(contentType), expected);
		});
	}

	test("of another media type is of no interest", () => {
		for (const other of [
			undefined,
			"",
			"text/plain; boundary=b",
			"boundary=b",
		]) {
			assert.deepEqual(formEncoding(other), { kind: "other" });
		}
	});
});
