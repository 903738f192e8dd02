import { App, OutgoingRouter } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const Invoice = z
	.object({
		id: z.string(),
		title: z.string().nullish(),
		customer: z.string(),
		total: z.number(),
	})
	.meta({ id: "Invoice" });

const InvoiceEvent = z
	.object({ description: z.string(), paid: z.boolean() })
	.meta({ id: "InvoiceEvent" });

const InvoiceEventReceived = z
	.object({ ok: z.boolean() })
	.meta({ id: "InvoiceEventReceived" });

const callbacks = new OutgoingRouter();

callbacks.post(
	{
		path: "{$callback_url}/invoices/{$request.body.id}",
		name: "invoice_notification",
		response: InvoiceEventReceived,
	},
	{ body: InvoiceEvent },
);

app.post(
	{
		path: "/invoices/",
		callbacks,
		description: `Create an invoice.

This will (let's imagine) let the API user (some external developer) create an
invoice.

And this path operation will:

* Send the invoice to the client.
* Collect the money from the client.
* Send a notification back to the API user (the external developer), as a callback.
    * At this point is that the API will somehow send a POST request to the
        external API with the notification of the invoice event
        (e.g. "payment successful").`,
	},
	{ invoice: Invoice, callback_url: z.url().max(2083).nullish() },
	function create_invoice() {
		// send the invoice, collect the money, send the notification (the callback)
		return { msg: "Invoice received" };
	},
);
