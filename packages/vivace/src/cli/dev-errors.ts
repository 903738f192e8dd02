import type { Answer } from "../http/answer.ts";
import { type AppPort, withAnswers } from "../http/app-port.ts";
import type { Exchange } from "../http/exchange.ts";
import { HTMLResponse } from "../http/html-response.ts";
import { JSONResponse } from "../http/json-response.ts";
import { errorPage } from "./error-page.ts";
import { type ErrorReport, reportOf } from "./error-report.ts";
import { foldStack, frameText } from "./own-stack.ts";

/**
 * The app with errors told for the person who writes it: stacks in the log begin with the program's own frames and show their source, and
 * the plain 500 of an error that nothing has handled is a page for browsers, JSON for others. Only for `vivace dev`: it shows code.
 */
export function withErrorReports(app: AppPort): AppPort {
	return withAnswers(app, (exchange) => {
		let report: ErrorReport | undefined;
		Object.assign(exchange.source, {
			onUnhandledError: (error: unknown) => {
				report = reportOf(error, exchange, app);
				foldStack(error);
			},
		});
		return (answer) =>
			answer === undefined || report === undefined || !isPlain500(answer)
				? answer
				: answerWith(report, exchange);
	});
}

/** Not one that an exception handler of the program has made. */
function isPlain500({ status, body }: Answer): boolean {
	return status === 500 && body === "Internal Server Error";
}

function answerWith(report: ErrorReport, { source }: Exchange): Answer {
	const isBrowser = source.header("accept")?.includes("text/html") === true;
	const { status, headers, body, endsOnShutdown } = isBrowser
		? new HTMLResponse(errorPage(report), { status: 500 })
		: new JSONResponse(
				{ detail: "Internal Server Error", ...jsonOf(report) },
				{ status: 500 },
			);
	return { status, headers, body: body as string, endsOnShutdown }; // a text, in both classes
}

function jsonOf({ errors, request, route }: ErrorReport): object {
	return {
		errors: errors.map(({ name, message, own, excerpt }) => ({
			name,
			message,
			stack: own.map(frameText),
			source: excerpt?.lines.map((text, index) => ({
				line: excerpt.start + index,
				text,
			})),
		})),
		request,
		route,
	};
}
