import type { Broker } from "./broker.ts";

/** Which of the processes that serve the app this one is. */
export interface Worker {
	/** From 0 to `count - 1`; a worker that is replaced hands its number on. */
	readonly id: number;
	readonly count: number;
	/**
	 * True in the worker with the number 0: the place for what should run once on a machine, such as a scheduler. In a rolling restart the new
	 * worker starts before the old one is released, so for that time both have the number; what must never run twice takes a lock as well.
	 */
	readonly isPrimary: boolean;
	/** @internal Messages between the workers, by the process that has started them. */
	readonly broker?: Broker;
}
