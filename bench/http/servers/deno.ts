// The cost of Deno.serve when a person writes only what these four answers need.
import { answer } from "./fetch-answers.ts";

interface Deno {
	serve(
		options: {
			readonly port: number;
			readonly hostname: string;
			onListen(): void;
		},
		answer: (request: Request) => Response | Promise<Response>,
	): unknown;
}

(globalThis as unknown as { readonly Deno: Deno }).Deno.serve(
	{
		port: Number(process.env.PORT),
		hostname: "127.0.0.1",
		onListen: () => {},
	},
	(request) => answer(request),
);
