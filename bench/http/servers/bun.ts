// The cost of Bun.serve when a person writes only what these four answers need.
import { answer } from "./fetch-answers.ts";

interface Bun {
	serve(options: {
		readonly port: number;
		readonly hostname: string;
		readonly development: boolean;
		fetch(request: Request): Response | Promise<Response>;
	}): unknown;
}

(globalThis as unknown as { readonly Bun: Bun }).Bun.serve({
	port: Number(process.env.PORT),
	hostname: "127.0.0.1",
	development: false,
	fetch: answer,
});
