/**
 * Puts what the documentation pages load into `packages/vivace/src/docs/assets`, compressed, with its licences: out of the npm packages
 * of Swagger UI and ReDoc, of exactly these versions and contents. Runs after every install and does nothing when all is there; git
 * ignores the folder, the published package contains it.
 *
 * Copied rather than depended upon: `swagger-ui-dist` brings an install script that reports to its makers, `redoc` a hundred packages
 * of which its bundle needs none. For new versions change them here, in `docs-assets.ts` of the docs room and in
 * `docs/dependencies.md`, and delete the folder.
 */
import { execFile } from "node:child_process";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

const run = promisify(execFile);
const target = join(import.meta.dirname, "../packages/vivace/src/docs/assets");

interface Source {
	/** The digest of the registry's file, as in a lock file. */
	readonly integrity: string;
	readonly copies: readonly Copy[];
}

const packages: Readonly<Record<string, Source>> = {
	"swagger-ui-dist@5.35.0": {
		integrity:
			"sha512-U06rpMtW9V3XPGOBeamTUSr0Z09jMX4IJuANpE/EZbAhw0G8CgwrzU4YmXkn/h0wCDNsXdGarTNNHC3sU8yVUQ==",
		copies: [
			{ from: "swagger-ui-bundle.js", to: "swagger-ui-bundle.js.gz" },
			{ from: "swagger-ui.css", to: "swagger-ui.css.gz" },
			{ from: "LICENSE", to: "swagger-ui.LICENSE.txt" },
			{ from: "NOTICE", to: "swagger-ui.NOTICE.txt" },
			{
				from: "swagger-ui-bundle.js.LICENSE.txt",
				to: "swagger-ui-bundle.js.LICENSE.txt",
			},
		],
	},
	"redoc@2.5.4": {
		integrity:
			"sha512-M6jWhG1qoBnH6TFmzJnstyCZ87HmOY/UzDm78mHiYihEdlV/YcS9ogOo1NlElnJMeLsyxHFe2yFc4sNjHTrABQ==",
		copies: [
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
	},
};

interface Copy {
	readonly from: string;
	/** Compressed if it ends with `.gz`. */
	readonly to: string;
	readonly edit?: (text: string) => string;
}

// both at once: who starts for the first time waits for them
await Promise.all(
	Object.entries(packages)
		.filter(([, { copies }]) =>
			copies.some(({ to }) => !existsSync(join(target, to))),
		)
		.map(([name, source]) => fetchPackage(name, source)),
);

async function fetchPackage(
	name: string,
	{ integrity, copies }: Source,
): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), "vivace-assets-"));
	try {
		const { stdout } = await run("npm", ["pack", "--json", name], {
			cwd: folder,
			shell: process.platform === "win32",
		});
		const packed: unknown = Object.values(JSON.parse(stdout))[0];
		const { filename, integrity: found } = packed as Record<string, string>;
		if (found !== integrity) {
			throw new Error(`${name}: expected ${integrity}, got ${found}`);
		}
		await run("tar", ["-xzf", filename as string], { cwd: folder });
		mkdirSync(target, { recursive: true });
		for (const copy of copies) {
			vendor(join(folder, "package"), copy);
		}
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
	if (found !== 1) {
		throw new Error(`expected one logo, found ${found}`);
	}
	return text.replace(
		logo,
		'src:"data:image/svg+xml,%3Csvg xmlns=%27http://www.w3.org/2000/svg%27/%3E"',
	);
}
