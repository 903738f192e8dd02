import { HTTPException } from "../../errors/http-exception.ts";

/** A form that can't be read, or has more in it than is taken: 400, in Starlette's words. */
export function formError(detail: string, cause?: unknown): HTTPException {
	return new HTTPException(
		400,
		detail,
		cause === undefined ? undefined : { cause },
	);
}

/** An upload that is larger than is taken: 413. */
export function fileTooLarge(limitBytes: number): HTTPException {
	return new HTTPException(
		413,
		`File exceeded maximum size of ${sizeText(limitBytes)}.`,
	);
}

/** A size as Starlette tells it; one below 1 KB, which would be "0KB", in bytes. */
export function sizeText(bytes: number): string {
	if (bytes < 1024) {
		return bytes === 1 ? "1 byte" : `${bytes} bytes`;
	}
	return `${Math.floor(bytes / 1024)}KB`;
}
