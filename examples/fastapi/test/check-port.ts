import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import type { App } from "vivace";
import { TestClient, type TestRequest } from "vivace/testing";

/** A request (`"GET /items/foo?q=bar"`), what it carries, and the status and the body that answer it: JSON, or text for another type. */
export type Row =
	| readonly [request: string, status: number, body: unknown]
	| readonly [
			request: string,
			carries: TestRequest,
			status: number,
			body: unknown,
	  ];

/** Options of {@link checkPort}. */
export interface PortOptions {
	/** Whether its OpenAPI document is compared with the one in `openapi/`. Default: true. */
	readonly hasDocument?: boolean;
}

/** The file in which the document of a port is kept; `npm run openapi -w examples` rewrites all of them. */
export function documentFile(name: string): string {
	return `${import.meta.dirname}/openapi/${name}.json`;
}

/**
 * Tests a port: each row by a request, in order, and its OpenAPI document.
 * @param name folder and file of the port: `body.tutorial001`
 */
export function checkPort(
	name: string,
	rows: readonly Row[],
	{ hasDocument = true }: PortOptions = {},
): void {
	describe(name, () => {
		let app: App;
		before(async () => {
			app = await importPort(name);
		});
		for (const row of rows) {
			const [request, carries, status, body] =
				row.length === 3 ? [row[0], {}, row[1], row[2]] : row;
			const sent = carries.json === undefined ? "" : ` ${inShort(carries)}`;
			test(`${request}${sent} is answered with ${status}`, async () => {
				await using client = await TestClient.start(app, {
					followRedirects: false,
					throwServerErrors: false,
				});
				const [method = "", url = ""] = request.split(" ");
				const response = await client.request(method, url, carries);
				assert.deepEqual(await contentOf(response), body);
				assert.equal(response.status, status);
			});
		}
		if (!hasDocument) {
			return;
		}
		test("describes itself", async () => {
			const expected = readFileSync(documentFile(name), "utf8");
			assert.deepEqual(await documentOf(app), JSON.parse(expected));
		});
	});
}

/** The app that a port exports. */
export async function importPort(name: string): Promise<App> {
	const path = `../${name.replaceAll(".", "/")}.ts`;
	const { app } = (await import(path)) as { app: App };
	return app;
}

/** A port's OpenAPI document, as a client gets it. */
export async function documentOf(app: App): Promise<unknown> {
	await using client = await TestClient.start(app);
	return (await client.get("/openapi.json")).json();
}

async function contentOf(response: Response): Promise<unknown> {
	const text = await response.text();
	const type = response.headers.get("content-type");
	return type === "application/json" ? JSON.parse(text) : text;
}

function inShort({ json }: TestRequest): string {
	const text = JSON.stringify(json);
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
