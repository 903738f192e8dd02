import { HTTPException } from "../errors/http-exception.ts";
import type { Request } from "../http/request.ts";
import { Response } from "../http/response.ts";
import { moduleAddress } from "./module-address.ts";

/** A file that a documentation page loads, served from the package: nothing comes from another server. */
export interface DocsAsset {
	readonly mediaType: string;
	/** The version of the package that it was copied from. */
	readonly version: string;
	/** The file, compressed with gzip. */
	readonly file: URL;
}

const here = moduleAddress(import.meta.url);

/** The version of Swagger UI that is served. */
const swaggerUiVersion = "5.35.0";
/** The version of ReDoc that is served. */
const redocVersion = "2.5.4";

/**
 * The files by their paths below the documentation page: `swagger-ui-dist@5/swagger-ui-bundle.js` below `/docs`,
 * `redoc@2/bundles/redoc.standalone.js` below `/redoc`. The paths are those of the npm packages, as on every CDN.
 */
export const docsAssets: ReadonlyMap<string, DocsAsset> = new Map([
	asset(
		"swagger-ui-dist@5/swagger-ui-bundle.js",
		"text/javascript",
		swaggerUiVersion,
	),
	asset("swagger-ui-dist@5/swagger-ui.css", "text/css", swaggerUiVersion),
	asset("redoc@2/bundles/redoc.standalone.js", "text/javascript", redocVersion),
]);

function asset(
	path: string,
	mediaType: string,
	version: string,
): [string, DocsAsset] {
	const name = path.slice(path.lastIndexOf("/") + 1);
	const file = new URL(`./assets/${name}.gz`, here);
	return [path, { mediaType, version, file }];
}

/** True when the files are not where the package is: a bundler has taken the package into one file and left them. */
export async function areDocsAssetsMissing(): Promise<boolean> {
	areMissing ??= Promise.all(
		Array.from(docsAssets.values(), async ({ file }) => {
			const { access } = await import("node:fs/promises");
			await access(file);
		}),
	).then(
		() => false,
		() => true,
	);
	return areMissing;
}

let areMissing: Promise<boolean> | undefined;

/** The answer where {@link areDocsAssetsMissing}. */
export const docsAssetsMissing =
	"What this page loads is not beside the program, as it is bundled: copy the folder assets of the package vivace there, or leave the package out of the bundle.";

/**
 * Answers a request for one of {@link docsAssets}: compressed for clients that accept gzip, 304 for those that have it.
 * `undefined` if there is none of this path. The file is read from the disk at its first request and kept.
 */
export async function docsAssetResponse(
	request: Request,
	path: string,
): Promise<Response | undefined> {
	const found = docsAssets.get(path);
	if (!found) {
		return undefined;
	}
	const isCompressed = acceptsGzip(request.header("accept-encoding") ?? "");
	const etag = `"${found.version}${isCompressed ? "-gzip" : ""}"`;
	const headers = {
		etag,
		"cache-control": "public, max-age=3600",
		vary: "Accept-Encoding",
	};
	if (request.header("if-none-match")?.includes(etag)) {
		return new Response(null, { status: 304, headers });
	}
	if (await areDocsAssetsMissing()) {
		throw new HTTPException(404, docsAssetsMissing);
	}
	const { mediaType } = found;
	const compressed = await readAsset(found);
	if (isCompressed) {
		return new Response(compressed, {
			mediaType,
			headers: { ...headers, "content-encoding": "gzip" },
		});
	}
	const { gunzipSync } = await import("node:zlib");
	return new Response(gunzipSync(compressed), { mediaType, headers });
}

const contents = new Map<DocsAsset, Promise<Uint8Array>>();

function readAsset(asset: DocsAsset): Promise<Uint8Array> {
	let content = contents.get(asset);
	if (!content) {
		// loaded here: an app whose documentation is never opened pays nothing for it
		content = import("node:fs/promises").then(({ readFile }) =>
			readFile(asset.file),
		);
		contents.set(asset, content);
		content.catch(() => contents.delete(asset));
	}
	return content;
}

/** RFC 9110 §12.5.3, as far as gzip is concerned. */
function acceptsGzip(header: string): boolean {
	return header
		.split(",")
		.map((item) =>
			item
				.trim()
				.toLowerCase()
				.split(/\s*;\s*/),
		)
		.some(
			([coding, weight]) =>
				(coding === "gzip" || coding === "*") &&
				!/^q=0(?:\.0*)?$/.test(weight ?? ""),
		);
}
