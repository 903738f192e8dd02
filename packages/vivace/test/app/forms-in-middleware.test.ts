import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { App, BackgroundTasks, Form, Router, UploadFile } from "vivace";
import { TestClient } from "vivace/testing";
import { z } from "zod";

describe("a form that a middleware reads", () => {
	const inner = new App({ limits: { fields: 4 } });
	inner.post("/form", { a: Form(z.string()) }, () => "");
	const router = new Router({ limits: { fields: 2 } });
	router.post("/router", { a: Form(z.string()) }, () => "");
	router.post(
		{ path: "/route/{id}", limits: { fields: 3 } },
		{ a: Form(z.string()) },
		() => "",
	);
	const app = new App({ limits: { fields: 1 } });
	app.use(async (request, next) => {
		await request.form();
		return next(request);
	});
	app.post("/app", { a: Form(z.string()) }, () => "");
	app.include(router);
	app.mount("/mounted", inner);

	for (const [path, limit] of [
		["/app", 1],
		["/router", 2],
		["/route/7", 3],
		["/mounted/form", 4],
		["/nowhere", 1],
	] as const) {
		test(`is bound by the limits of the route that it goes to: ${path}`, async () => {
			await using client = await TestClient.start(app);
			const ask = async (count: number) => {
				const form = { a: Array.from({ length: count }, () => "1") };
				return (await client.post(path, { form })).status;
			};
			const taken = path === "/nowhere" ? 404 : 200;
			assert.deepEqual([await ask(limit), await ask(limit + 1)], [taken, 400]);
		});
	}

	test("does not bound bodies that are read in a path operation anew", async () => {
		const app = new App({ limits: { bodyBytes: 4 } });
		app.use(async (request, next) => {
			assert.equal((await request.bytes()).length, 6);
			return next(request);
		});
		app.post({ path: "/", limits: { bodyBytes: 6 } }, async (_, request) =>
			request.text(),
		);
		await using client = await TestClient.start(app);
		assert.equal((await client.post("/", { body: "123456" })).status, 200);
		assert.equal((await client.post("/", { body: "1234567" })).status, 413);
	});
});

test("whoever hears of the end can read the uploads, also who has asked before they came", async () => {
	const large = "x".repeat(2_000_000);
	const heard: string[] = [];
	const over = Promise.withResolvers<void>();
	let file: UploadFile | undefined;
	const app = new App();
	app.use((request, next) => {
		request.whenSettled(async () => {
			heard.push(`middleware ${(await file?.text())?.length}`);
			over.resolve();
		});
		return next(request);
	});
	app.post(
		"/",
		{ upload: UploadFile, tasks: BackgroundTasks },
		({ upload, tasks }, request) => {
			file = upload;
			tasks.add(async () => {
				heard.push(`task ${(await upload.text()).length}`);
			});
			request.whenSettled(async () => {
				heard.push(`handler ${(await upload.text()).length}`);
			});
		},
	);
	await using client = await TestClient.start(app);
	const files = { upload: new Blob([large]) };
	assert.equal((await client.post("/", { files })).status, 200);
	await over.promise;
	assert.deepEqual(heard.toSorted(), [
		"handler 2000000",
		"middleware 2000000",
		"task 2000000",
	]);
	await assert.rejects(async () => file?.text(), /its request is over/);
});
