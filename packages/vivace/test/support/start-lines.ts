import { App } from "../../src/index.ts";

/** An app, the lines that it warns with, and a start of it. */
export interface TellingApp {
	readonly app: App;
	readonly lines: string[];
}

/** An app whose warnings are kept. */
export function tellingApp(): TellingApp {
	const lines: string[] = [];
	const app = new App({
		logger: {
			info() {},
			error() {},
			warn: (line: string) => lines.push(line),
		},
	});
	return { app, lines };
}

/** The lines that the start of an app writes. */
export async function startLines(
	declare: (app: App) => void,
): Promise<readonly string[]> {
	const { app, lines } = tellingApp();
	declare(app);
	await app.start();
	await app.stop();
	return lines;
}
