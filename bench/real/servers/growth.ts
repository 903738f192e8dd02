/** Prints how the time of a request, and that of building an app, grows with what the app has. */
import { App, type Dependency, dependency } from "vivace";
import { z } from "zod";

const [, , kind = "", size = "0"] = process.argv;
const count = Number(size);

// processor time of all threads, which stays put where other work goes on
const before = process.cpuUsage();
const { app, path } = build();
await app.start({ summary: false });
const { user, system } = process.cpuUsage(before);
const requestUs = await measure();
console.log(JSON.stringify({ buildMs: (user + system) / 1000, requestUs }));

function build(): { readonly app: App; readonly path: string } {
	switch (kind) {
		case "routes":
			return manyRoutes();
		case "dependencies":
			return deepDependencies();
		case "mounts":
			return manyMounts();
		case "segments":
			return deepPath();
	}
	throw new RangeError(`nothing grows by "${kind}"`);
}

function manyRoutes(): { readonly app: App; readonly path: string } {
	const app = new App();
	for (let index = 0; index < count; index += 1) {
		app.get(`/things${index}/{id}`, { id: z.int() }, ({ id }) => id);
	}
	return { app, path: `/things${count - 1}/7` };
}

function deepDependencies(): { readonly app: App; readonly path: string } {
	let inner: Dependency<number> = dependency(() => 0);
	for (let index = 1; index < count; index += 1) {
		inner = dependency({ inner }, ({ inner }) => inner + 1);
	}
	const app = new App();
	app.get("/deep", { inner }, ({ inner }) => inner);
	return { app, path: "/deep" };
}

function manyMounts(): { readonly app: App; readonly path: string } {
	const app = new App();
	for (let index = 0; index < count; index += 1) {
		const tenant = new App();
		tenant.get("/hello", () => index);
		app.mount(`/tenants${index}`, tenant);
	}
	return { app, path: `/tenants${count - 1}/hello` };
}

/** Among routes that begin alike and end otherwise. */
function deepPath(): { readonly app: App; readonly path: string } {
	const app = new App();
	const begin = "/part".repeat(count);
	for (let index = 0; index < 100; index += 1) {
		app.get(`${begin}/end${index}/{id}`, { id: z.int() }, ({ id }) => id);
	}
	return { app, path: `${begin}/end99/7` };
}

/** The best of many rounds: what else the machine does makes none of them shorter. */
async function measure(): Promise<number> {
	const requests = 300;
	let bestMs = Number.POSITIVE_INFINITY;
	for (let round = 0; round < 30; round += 1) {
		const from = performance.now();
		for (let index = 0; index < requests; index += 1) {
			const response = await app.fetch(
				new Request(`http://shop.example${path}`),
			);
			if (response.status !== 200) {
				throw new Error(`${path} answers ${response.status}`);
			}
		}
		bestMs = Math.min(bestMs, performance.now() - from);
	}
	return (bestMs / requests) * 1000;
}
