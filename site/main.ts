/**
 * The documentation site: `node site/main.ts build` writes it as static files, `node site/main.ts dev` serves it and follows its pages.
 * The generator has a lock file of its own, outside the workspace; it is installed first.
 */
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { publish } from "./releases.ts";
import { settings } from "./settings.ts";

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		release: { type: "string" },
		base: { type: "string" },
		out: { type: "string" },
		port: { type: "string", default: "5173" },
	},
});
const [command = "build"] = positionals;

if (values.release !== undefined) {
	process.env.DOCS_RELEASE = values.release;
}
if (values.base !== undefined) {
	process.env.DOCS_BASE = `/${values.base}/`.replaceAll(/\/+/g, "/");
}
const { status } = spawnSync(
	process.execPath,
	[join(import.meta.dirname, "../scripts/install.mjs"), import.meta.dirname],
	{ stdio: "inherit" },
);
if (status !== 0) {
	process.exit(1);
}
const { writeReference } = await import("./reference.ts");
await writeReference();
const { build, createServer } = await import("vitepress");
const { release, siteBase } = settings();
if (command === "build") {
	const out = resolve(values.out ?? join(import.meta.dirname, "dist"));
	await build(import.meta.dirname, { outDir: join(out, release) });
	publish(out, release, siteBase);
	console.log(`The site is in ${out}; release ${release} in its folder.`);
} else if (command === "dev") {
	const server = await createServer(import.meta.dirname, {
		port: Number(values.port),
	});
	await server.listen();
	server.printUrls();
} else {
	console.error(`site: "${command}" is no command: build, dev`);
	process.exit(1);
}
