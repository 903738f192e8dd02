import { App, dependency, serve } from "vivace";
import { z } from "zod";

const models = dependency(
	async function* () {
		const models = { answerToEverything: (x: number) => x * 42 };
		console.info("models loaded");
		yield models;
		console.info("models released");
	},
	{ scope: "app" },
);

export const app = new App();

app.get("/predict", { x: z.number(), models }, ({ x, models }) => ({
	result: models.answerToEverything(x),
}));

if (import.meta.main) {
	await serve(app);
}
