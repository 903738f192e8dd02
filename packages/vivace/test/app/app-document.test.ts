import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { App } from "../../src/index.ts";

describe("the document of an app", () => {
	test("says the version of OpenAPI that the app says", () => {
		const app = new App({ openapiVersion: "3.2.0" });
		assert.equal(app.openapi().openapi, "3.2.0");
		assert.equal(new App().openapi().openapi, "3.1.0");
	});

	test("is of no version that there is not", () => {
		assert.throws(
			() => new App({ openapiVersion: "3.2" as never }),
			/VIV_OPTION: App: openapiVersion must be a version of OpenAPI 3 such as "3\.1\.0" or "3\.2\.0", got "3\.2"/,
		);
		assert.throws(
			() => new App({ openapiVersion: "2.0.0" as never }),
			/VIV_OPTION: App: openapiVersion/,
		);
	});

	test("that calls itself 3.0 is told to be in the words of 3.1", () => {
		const warnings: string[] = [];
		const warn = (message: string) => void warnings.push(message);
		const logger = { info() {}, error() {}, warn };
		const app = new App({ openapiVersion: "3.0.3", logger });
		assert.equal(app.openapi().openapi, "3.0.3");
		assert.match(warnings[0] ?? "", /words of OpenAPI 3\.1/);
	});

	test("may do without titles that are made of names", () => {
		const app = new App({ openapiTitles: false });
		const Item = z.object({ list_price: z.number() }).meta({ id: "Item" });
		app.post(
			{ path: "/items", response: z.array(Item) },
			{ item: Item },
			() => [],
		);
		assert.deepEqual(JSON.stringify(app.openapi()).match(/"title":"[^"]*"/g), [
			'"title":"Vivace"',
		]);
	});
});
