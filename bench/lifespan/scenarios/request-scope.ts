import type { Scenario } from "./scenario.ts";

export const requestScope: readonly Scenario[] = [
	{
		program: "request-scope",
		settings: { commitFails: true },
		rows: ["the commit fails after the handler has returned: the client gets"],
		async run(program) {
			await program.firstAnswer();
			const exchange = program.request("POST", "/write");
			await exchange.over;
			await program.until("session commit failed", 2000);
			return [String(exchange.status ?? exchange.result)];
		},
	},
	{
		program: "request-scope",
		rows: ["a 409 is returned, nothing thrown: the transaction is"],
		async run(program) {
			await program.firstAnswer();
			const exchange = program.request("POST", "/conflict");
			await exchange.over;
			await program.until("session closed", 2000);
			return [program.has("session rolled back") ? "rolled back" : "committed"];
		},
	},
	{
		program: "request-scope",
		rows: ["the exit code of a request's session runs after the streamed body"],
		async run(program) {
			await program.firstAnswer();
			const exchange = program.request("GET", "/export");
			await exchange.over;
			await program.until("session closed", 2000);
			const misused = program.names("session misused");
			if (misused.length > 0) {
				return [`no: before ${misused[0]}`];
			}
			return [program.has("session used row 5") ? "yes" : "no"];
		},
	},
];
