/** The path of a module of CommonJS, which has no `import.meta`. */
declare const __filename: string;

/**
 * The address of a module, beside which its files are looked for; `url` is its `import.meta.url`, which is undefined where a bundler has
 * made CommonJS of it. Then it is that of the bundle.
 */
export function moduleAddress(url: string | undefined): string {
	if (url !== undefined) {
		return url;
	}
	return typeof __filename === "string"
		? `file:///${__filename.replaceAll("\\", "/").replace(/^\/+/, "")}`
		: "file:///";
}
