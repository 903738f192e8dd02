import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { etag } from "hono/etag";

const app = new Hono();

app.use(etag());
app.use(serveStatic({ root: process.env.FILES ?? "" }));

serve({
	fetch: app.fetch,
	port: Number(process.env.PORT),
	hostname: "127.0.0.1",
});
