import { App } from "vivace";
import { notes } from "./database.ts";
import { noteRoutes } from "./notes.ts";

export const app = new App({
	title: "{{name}}",
	health: true,
	dependencies: [notes],
});

app.include(noteRoutes);
