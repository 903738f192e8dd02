import { AsyncLocalStorage } from "node:async_hooks";

/** A kind of work that has to end before an app has stopped. */
export type LedgerKind =
	| "resource"
	| "dependency"
	| "background task"
	| "socket"
	| "scope";

/** Keeps what has begun until it ends: how a test finds out what outlived an app. Nobody keeps one elsewhere. */
export interface Ledger {
	/**
	 * Says that something has begun.
	 * @param made where, if that is not here
	 * @returns to be called when it has ended
	 */
	open(kind: LedgerKind, name: string, made?: Error): () => void;
}

const ledgers = new AsyncLocalStorage<Ledger>();
let keptCount = 0;

/** From here on ledgers are written, those that {@link inLedger} names; dispose of it when no ledger is kept any more. */
export function keepLedgers(): Disposable {
	keptCount++;
	return {
		[Symbol.dispose]() {
			keptCount--;
		},
	};
}

/** Runs a function: what begins in it, and in what it starts, is written into the ledger. */
export function inLedger<Result>(ledger: Ledger, run: () => Result): Result {
	return ledgers.run(ledger, run);
}

/** The ledger for what happens here. */
export function currentLedger(): Ledger | undefined {
	return keptCount === 0 ? undefined : ledgers.getStore();
}

/** The place in the program, for those who keep a ledger. */
export function placeIfKept(): Error | undefined {
	return currentLedger() && new Error("made here");
}

/** Calls what ends something; `close` runs when it is over, however. */
export function closing<Result>(
	close: (() => void) | undefined,
	call: () => Result,
): Result {
	if (close === undefined) {
		return call();
	}
	let result: Result;
	try {
		result = call();
	} catch (error) {
		close();
		throw error;
	}
	if (result instanceof Promise) {
		result.then(close, close);
	} else {
		close();
	}
	return result;
}
