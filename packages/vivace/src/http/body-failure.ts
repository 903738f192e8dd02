import { HTTPException } from "../errors/http-exception.ts";

/** The line of the log for a body that has failed. */
export function bodyFailure(
	{ method, target }: { readonly method: string; readonly target: string },
	error: unknown,
): string {
	const what = `${method} ${target}: the body failed while it was being sent`;
	return error instanceof HTTPException
		? `${what}; the status of an HTTPException can't be sent then, check before the first item is waited for, or in a dependency`
		: what;
}
