import { App, serve } from "vivace";
import { z } from "zod";

export const app = new App({
	lifespan: async function* () {
		const models = { answerToEverything: (x: number) => x * 42 };
		console.info("models loaded");
		yield { models };
		console.info("models released");
	},
});

app.get("/predict", { x: z.number() }, ({ x }, { state }) => ({
	result: state.models.answerToEverything(x),
}));

if (import.meta.main) {
	await serve(app);
}
