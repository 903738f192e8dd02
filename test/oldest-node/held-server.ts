// A server that a function refers to, and that `await using` stops: on Node 24.0 to 24.4 it would not, and the program would never end.
import { App, dependency, serve } from "vivace";

const pool = dependency(
	async function* pool() {
		yield { size: 1 };
		console.log("released the pool");
	},
	{ scope: "app" },
);

const app = new App();
app.get("/", { pool }, ({ pool }) => pool.size);

async function askItself(): Promise<void> {
	await using server = await serve(app, { port: 0, host: "127.0.0.1" });
	const ask = async () => (await fetch(server.url)).text();
	console.log(`answered ${await ask()}`);
}

await askItself();
console.log("stopped");
