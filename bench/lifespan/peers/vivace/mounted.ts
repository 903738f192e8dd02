import { App, dependency, serve } from "vivace";
import { port, Resource } from "../resource.ts";

const inner = dependency(
	async function* () {
		const inner = await Resource.acquire("inner");
		yield inner;
		await inner.release();
	},
	{ scope: "app" },
);

const admin = new App();
admin.get("/", { inner }, ({ inner }) => inner.use("request"));

const app = new App();
app.get("/", () => "ready");
app.mount("/admin", admin);

await serve(app, { port });
