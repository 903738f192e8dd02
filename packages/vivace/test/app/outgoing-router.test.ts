import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { App, OutgoingRouter, Router } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const Payment = z.object({ paid: z.boolean() }).meta({ id: "Payment" });
const Received = z.object({ ok: z.boolean() }).meta({ id: "Received" });

// biome-ignore lint/suspicious/noExplicitAny: the test looks into a document whose members are unknown
const documentOf = (app: App): any => app.openapi();

function paidCallback(): OutgoingRouter {
	const callbacks = new OutgoingRouter();
	callbacks.post(
		{
			path: "{$callback_url}/invoices/{$request.body.id}",
			name: "invoice_paid",
			response: Received,
		},
		{ payment: Payment },
	);
	return callbacks;
}

describe("callbacks", () => {
	test("are documented with the path operation, under name and expression", () => {
		const app = new App();
		app.post({ path: "/invoices", callbacks: paidCallback() }, () => null);
		const { callbacks } = documentOf(app).paths["/invoices"].post;
		assert.deepEqual(callbacks, {
			invoice_paid: {
				"{$callback_url}/invoices/{$request.body.id}": {
					post: {
						summary: "Invoice Paid",
						operationId:
							"invoice_paid__callback_url__invoices___request_body_id__post",
						requestBody: {
							required: true,
							content: {
								"application/json": {
									schema: { $ref: "#/components/schemas/Payment" },
								},
							},
						},
						responses: {
							"200": {
								description: "Successful Response",
								content: {
									"application/json": {
										schema: { $ref: "#/components/schemas/Received" },
									},
								},
							},
							"422": {
								description: "Validation Error",
								content: {
									"application/json": {
										schema: {
											$ref: "#/components/schemas/HTTPValidationError",
										},
									},
								},
							},
						},
					},
				},
			},
		});
	});

	test("bring their models and the errors into the components", () => {
		const app = new App();
		app.post({ path: "/invoices", callbacks: paidCallback() }, () => null);
		assert.deepEqual(Object.keys(documentOf(app).components.schemas), [
			"HTTPValidationError",
			"Payment",
			"Received",
			"ValidationError",
		]);
	});

	test("of app, router and route come together", () => {
		const named = (name: string) => {
			const callbacks = new OutgoingRouter();
			callbacks.post({ path: `{$${name}}`, name });
			return callbacks;
		};
		const app = new App({ callbacks: named("of_app") });
		const router = new Router({ callbacks: named("of_router") });
		router.get({ path: "/", callbacks: named("of_route") }, () => null);
		app.include(router);
		const { callbacks } = documentOf(app).paths["/"].get;
		assert.deepEqual(Object.keys(callbacks), [
			"of_app",
			"of_router",
			"of_route",
		]);
	});

	test("are left out where the callback says that it is not documented", () => {
		const callbacks = new OutgoingRouter({ includeInSchema: false });
		callbacks.post("{$url}");
		const app = new App();
		app.get({ path: "/", callbacks }, () => null);
		assert.equal(documentOf(app).paths["/"].get.callbacks, undefined);
	});

	test("take ids from the callback router's own function", () => {
		const callbacks = new OutgoingRouter({
			generateUniqueId: ({ name }) => `sent_${name}`,
		});
		callbacks.post({ path: "{$url}", name: "paid" });
		const app = new App({ generateUniqueId: ({ name }) => `served_${name}` });
		app.get({ path: "/", callbacks }, function read() {});
		const { get } = documentOf(app).paths["/"];
		assert.equal(get.operationId, "served_read");
		assert.equal(get.callbacks.paid["{$url}"].post.operationId, "sent_paid");
	});

	test("have path parameters where their URL names them, beside runtime expressions", () => {
		const callbacks = new OutgoingRouter();
		callbacks.post(
			{
				path: "{$callback_url}/invoices/{invoice_id:int}/{kind}",
				name: "paid",
			},
			{ invoice_id: z.int(), at: z.date() },
		);
		const app = new App();
		app.post({ path: "/invoices", callbacks }, () => null);
		const { paid } = documentOf(app).paths["/invoices"].post.callbacks;
		const [url = ""] = Object.keys(paid);
		assert.equal(url, "{$callback_url}/invoices/{invoice_id}/{kind}");
		const parameter = (each: Record<string, unknown>) => [
			each.in,
			each.name,
			each.required,
		];
		assert.deepEqual(paid[url].post.parameters.map(parameter), [
			["path", "invoice_id", true],
			["path", "kind", true],
			["query", "at", true],
		]);
	});

	test("are not served", async () => {
		const app = new App({ callbacks: paidCallback() });
		app.get("/", () => "here");
		await using client = await TestClient.start(app);
		assert.equal((await client.post("/invoices/1")).status, 404);
	});
});

describe("webhooks", () => {
	test("are documented under their names, beside the paths", () => {
		const app = new App();
		app.webhooks.post(
			{ path: "new-payment", name: "new_payment", description: "Money!" },
			{ payment: Payment },
		);
		const { paths, webhooks } = documentOf(app);
		assert.deepEqual(paths, {});
		assert.deepEqual(Object.keys(webhooks), ["new-payment"]);
		const { post } = webhooks["new-payment"];
		assert.equal(post.summary, "New Payment");
		assert.equal(post.description, "Money!");
		assert.equal(post.operationId, "new_paymentnew_payment_post");
	});

	test("have path parameters where their names do", () => {
		const app = new App();
		app.webhooks.post(
			{ path: "changed/{kind}", name: "changed" },
			{
				kind: z.enum(["new", "old"]),
			},
		);
		const { parameters } = documentOf(app).webhooks["changed/{kind}"].post;
		assert.deepEqual(parameters, [
			{
				name: "kind",
				in: "path",
				required: true,
				schema: { type: "string", enum: ["new", "old"], title: "Kind" },
			},
		]);
	});

	test("can come from a router that several apps document", () => {
		const webhooks = new OutgoingRouter();
		webhooks.put("stock-changed", { payment: Payment });
		for (const app of [new App({ webhooks }), new App({ webhooks })]) {
			assert.equal(
				documentOf(app).webhooks["stock-changed"].put.summary,
				"PUT stock-changed",
			);
		}
	});

	test("are not in the document where there are none", () => {
		assert.equal(documentOf(new App()).webhooks, undefined);
	});

	test("refuse at once what is no parameter", () => {
		const app = new App();
		assert.throws(
			() => app.webhooks.post("paid", { payment: 5 as never }),
			/VIV_PARAMETER: POST paid: parameter "payment"/,
		);
	});
});
