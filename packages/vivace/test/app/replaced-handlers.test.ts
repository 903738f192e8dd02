import assert from "node:assert/strict";
import { test } from "node:test";
import { App, HTTPException, JSONResponse } from "../../src/index.ts";

test("a second exception handler for one class or status is told at the start, with both places", async () => {
	const lines: string[] = [];
	const app = new App({
		logger: { info() {}, error() {}, warn: (line: string) => lines.push(line) },
	});
	const same = () => new JSONResponse(1);
	app.exceptionHandler(HTTPException, () => new JSONResponse(1)); // replaces FastAPI's own
	app.exceptionHandler(HTTPException, () => new JSONResponse(2));
	app.exceptionHandler(404, same);
	app.exceptionHandler(404, same);
	app.exceptionHandler(409, () => new JSONResponse(1));
	app.exceptionHandler(409, () => new JSONResponse(2));
	await app.start();
	await app.stop();
	const here = "\\S*replaced-handlers\\.test\\.ts";
	assert.equal(lines.length, 2);
	assert.match(
		lines[0] ?? "",
		new RegExp(
			`^exceptionHandler\\(HTTPException, …\\) is given twice: the one at ${here}:12 replaces that at ${here}:11; take one of them away$`,
		),
	);
	assert.match(lines[1] ?? "", /^exceptionHandler\(409, …\) is given twice/);
});
