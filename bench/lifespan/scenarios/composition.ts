import type { Scenario } from "./scenario.ts";

export const composition: readonly Scenario[] = [
	{
		program: "mounted",
		rows: ["the lifespan of a mounted app or plug-in runs"],
		async run(program) {
			await program.firstAnswer();
			const exchange = program.request("GET", "/admin/");
			await exchange.over;
			program.signal();
			await program.end(10_000);
			if (!program.has("acquired inner")) {
				return ["no"];
			}
			return [program.has("released inner") ? "yes" : "start only"];
		},
	},
	{
		program: "script",
		rows: ["resources can be used in a script, without a server"],
		async run(program) {
			const end = await program.end(10_000);
			const isWhole =
				program.has("used database script") &&
				program.has("released database") &&
				program.has("released queue");
			return [isWhole && end === "exit 0" ? "yes" : `no (${end})`];
		},
	},
];
