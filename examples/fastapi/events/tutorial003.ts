import { App } from "vivace";
import { z } from "zod";

function answerToEverything(x: number): number {
	return x * 42;
}

export const app = new App({
	title: "FastAPI",
	lifespan: async function* () {
		const models = { answerToEverything }; // load them here
		yield models;
		// and release them here
	},
});

app.get("/predict", { x: z.number() }, function predict({ x }, request) {
	return { result: request.state.answerToEverything(x) };
});
