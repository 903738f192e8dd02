import type { Answer } from "./answer.ts";

/** The part of a server that answers are given to. */
export interface AnswerTaker<Served, Taken> {
	/** Gets the answer; `undefined` where the connection was upgraded and is over. Does not throw. */
	take(exchange: Served, answer: Answer | undefined): Taken;
	/** Gets what an app has failed with that promises to answer whatever happens. Does not throw. */
	fail(exchange: Served, error: unknown): Taken;
}
