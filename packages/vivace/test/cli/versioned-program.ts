import { type Agent, get } from "node:http";
import { Project } from "./project.ts";

/** Answers with the version that `version.ts` exports; its resource notes in `log` when it is acquired and released. */
export const program = `
import { appendFileSync } from "node:fs";
import { App, dependency } from "vivace";
import { version } from "./version.ts";

const note = (text: string) => appendFileSync("log", \`\${text} \${version}\\n\`);
const pool = dependency(async function* pool() {
	note("acquire");
	const pool = { isOpen: true };
	yield pool;
	pool.isOpen = false;
	note("release");
}, { scope: "app" });

export const app = new App();
app.get("/", { pool }, ({ pool }) => ({ version, isOpen: pool.isOpen }));
app.get("/slow", { pool }, async ({ pool }) => {
	note("slow");
	await new Promise((resolve) => setTimeout(resolve, 500));
	note("answer");
	return { version, isOpen: pool.isOpen };
});
app.get("/crash", () => {
	setImmediate(() => { throw new Error("crashed"); });
});
`;

export const version = (text: string): string =>
	`export const version = "${text}";\n`;

/** A folder with the program in it, in version "one". */
export function startProject(
	files: Readonly<Record<string, string>> = {},
): Promise<Project> {
	return Project.make({
		"app.ts": program,
		"version.ts": version("one"),
		...files,
	});
}

/** On a connection of its own: who keeps one must expect that it is closed by the version that it leads to. */
export async function read(url: string): Promise<unknown> {
	return JSON.parse(await readWith(false, url));
}

/**
 * Reads what is answered, on a connection of the agent. One that was kept may be closed by the server while the request is on its way;
 * as every client of HTTP does, this one asks again (RFC 9112 §9.3.1).
 */
export function readWith(agent: Agent | false, url: string): Promise<string> {
	return new Promise((resolve, reject) => {
		const request = get(url, { agent }, (response) => {
			let text = "";
			response.setEncoding("utf8");
			response.on("data", (chunk: string) => {
				text += chunk;
			});
			response.on("end", () => resolve(text));
			response.on("error", reject);
		});
		request.on("error", (error) => {
			if (request.reusedSocket && "code" in error && isClosed(error.code)) {
				resolve(readWith(agent, url));
			} else {
				reject(error);
			}
		});
	});
}

function isClosed(code: unknown): boolean {
	return code === "ECONNRESET" || code === "EPIPE";
}
