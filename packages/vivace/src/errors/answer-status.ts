import { told } from "./options.ts";
import { beginAtProgram } from "./program-stack.ts";
/** True for the status of an answer: RFC 9110 §15 from 200 on. Those below are for servers, before the answer (103) or instead of one (101). */
export function isAnswerStatus(status: unknown): status is number {
	return (
		Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599
	);
}

/** The end of a sentence about a status that can't be one. */
export function statusRule(status: unknown): string {
	return `must be a whole number from 200 to 599, got ${told(status)}`;
}

/** @throws RangeError that names the place for a status that no answer can have */
export function assertAnswerStatus(what: string, status: unknown): void {
	if (!isAnswerStatus(status)) {
		throw beginAtProgram(
			new RangeError(`The status of ${what} ${statusRule(status)}.`),
		);
	}
}
