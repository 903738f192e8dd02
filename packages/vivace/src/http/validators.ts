/** Marks that a client can compare its copy of a file with. */
export interface Validators {
	/** Strong entity tag with its quotes. */
	readonly etag: string;
	/** HTTP date. */
	readonly lastModified: string;
}

/** Reads a request header by its lower-case name. */
export type HeaderReader = (name: string) => string | undefined;

/** True when the client's copy is still the same: the answer is 304 (RFC 9110 §13.1.2, §13.1.3). For GET and HEAD. */
export function isNotModified(
	header: HeaderReader,
	validators: Validators,
): boolean {
	const ifNoneMatch = header("if-none-match");
	if (ifNoneMatch !== undefined) {
		return listsTag(ifNoneMatch, validators.etag);
	}
	const ifModifiedSince = header("if-modified-since");
	return (
		ifModifiedSince !== undefined &&
		Date.parse(validators.lastModified) <= Date.parse(ifModifiedSince)
	);
}

/** True when a `Range` header counts: there is no `If-Range`, or it names exactly our file (RFC 9110 §13.1.5). */
export function isRangeFresh(
	header: HeaderReader,
	validators: Validators,
): boolean {
	const ifRange = header("if-range");
	return (
		ifRange === undefined ||
		ifRange === validators.etag ||
		ifRange === validators.lastModified
	);
}

/** True when an `If-None-Match` names a tag, compared weakly (RFC 9110 §13.1.2); our tags have no commas. */
export function listsTag(header: string, etag: string): boolean {
	return header
		.split(",")
		.map((tag) => tag.trim())
		.some((tag) => tag === "*" || tag === etag || tag === `W/${etag}`);
}
