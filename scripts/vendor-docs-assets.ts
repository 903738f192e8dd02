/**
 * Copies what the documentation pages need out of the npm packages of Swagger UI and ReDoc into `packages/vivace/src/docs/assets`,
 * compressed. Run by hand for a new version: `node scripts/vendor-docs-assets.ts`, then change the versions in
 * `packages/vivace/src/docs/docs-assets.ts` and `docs/dependencies.md`.
 *
 * Copied rather than depended upon: `swagger-ui-dist` brings an install script that reports to its makers, `redoc` a hundred packages
 * of which its bundle needs none.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const target = join(import.meta.dirname, "../packages/vivace/src/docs/assets");

const packages: Readonly<Record<string, readonly Copy[]>> = {
	"swagger-ui-dist@5.35.0": [
		{ from: "swagger-ui-bundle.js", to: "swagger-ui-bundle.js.gz" },
		{ from: "swagger-ui.css", to: "swagger-ui.css.gz" },
		{ from: "LICENSE", to: "swagger-ui.LICENSE.txt" },
		{ from: "NOTICE", to: "swagger-ui.NOTICE.txt" },
		{
			from: "swagger-ui-bundle.js.LICENSE.txt",
			to: "swagger-ui-bundle.js.LICENSE.txt",
		},
	],
	"redoc@2.5.4": [
		{
			from: "bundles/redoc.standalone.js",
			to: "redoc.standalone.js.gz",
			edit: withoutForeignLogo,
		},
		{ from: "LICENSE", to: "redoc.LICENSE.txt" },
		{
			from: "bundles/redoc.standalone.js.LICENSE.txt",
			to: "redoc.standalone.js.LICENSE.txt",
		},
	],
};

interface Copy {
	readonly from: string;
	/** Compressed if it ends with `.gz`. */
	readonly to: string;
	readonly edit?: (text: string) => string;
}

for (const [name, copies] of Object.entries(packages)) {
	const folder = mkdtempSync(join(tmpdir(), "vivace-assets-"));
	try {
		const archive = execFileSync("npm", ["pack", "--silent", name], {
			cwd: folder,
			encoding: "utf8",
			shell: process.platform === "win32",
		}).trim();
		execFileSync("tar", ["-xzf", archive], { cwd: folder });
		for (const copy of copies) vendor(join(folder, "package"), copy);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

function vendor(
	folder: string,
	{ from, to, edit = (text) => text }: Copy,
): void {
	const text = edit(readFileSync(join(folder, from), "utf8"));
	const isCompressed = to.endsWith(".gz");
	const content = isCompressed
		? gzipSync(withoutSourceMap(text), { level: 9 })
		: `${text.trimEnd()}\n`;
	writeFileSync(join(target, to), content);
}

/** The maps are not copied; a browser with its tools open would ask for them in vain. */
function withoutSourceMap(text: string): string {
	return text.replace(/\n?\/[/*]# sourceMappingURL=\S+(?: ?\*\/)?\s*$/, "\n");
}

/** ReDoc fetches its makers' logo from their server; the text beside it stays. */
function withoutForeignLogo(text: string): string {
	const logo = /src:"https:\/\/cdn\.redoc\.ly\/redoc\/logo-mini\.svg"/g;
	const found = text.match(logo)?.length ?? 0;
	if (found !== 1) throw new Error(`expected one logo, found ${found}`);
	return text.replace(
		logo,
		'src:"data:image/svg+xml,%3Csvg xmlns=%27http://www.w3.org/2000/svg%27/%3E"',
	);
}
