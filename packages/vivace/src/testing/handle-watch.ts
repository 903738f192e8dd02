import { createHook } from "node:async_hooks";

/** A timer, socket or other thing of the runtime that can keep a process alive. */
export interface WatchedHandle {
	/** For instance `a timer`. */
	readonly what: string;
	/** True when it still keeps the process alive. */
	readonly isAlive: () => boolean;
}

type Listener = (handle: WatchedHandle, id: number) => void;

/** The kinds of handles that can outlive an app, by the name that Node gives them; all else is over by itself. */
const kinds: Readonly<Record<string, string>> = {
	Timeout: "a timer",
	TCPSERVERWRAP: "a listening socket",
	PIPESERVERWRAP: "a listening socket",
	TCPWRAP: "a connection",
	PIPEWRAP: "a pipe",
	UDPWRAP: "a UDP socket",
	PROCESSWRAP: "a child process",
	WORKER: "a worker thread",
	FSEVENTWRAP: "a file watcher",
	STATWATCHER: "a file watcher",
	SIGNALWRAP: "a signal handler",
};

const listeners = new Set<Listener>();
/** Timers that have run or were cleared; they say of themselves that they are alive for ever. */
const ended = new WeakSet<object>();
const timers = new Map<number, WeakRef<object>>();

const hook = createHook({
	trackPromises: false, // there are many, and they keep nothing alive
	init(id, type, _trigger, resource) {
		const what = kinds[type];
		if (what === undefined) {
			return;
		}
		if (type === "Timeout") {
			timers.set(id, new WeakRef(resource));
		}
		const handle = { what, isAlive: isAliveOf(resource) };
		for (const listener of listeners) {
			listener(handle, id);
		}
	},
	destroy(id) {
		const timer = timers.get(id)?.deref();
		timers.delete(id);
		if (timer !== undefined) {
			ended.add(timer);
		}
	},
});

/** Tells of every handle that is made from here on, in the async context in which it is made, until it is disposed of. */
export function watchHandles(listener: Listener): Disposable {
	if (listeners.size === 0) {
		hook.enable();
	}
	listeners.add(listener);
	return {
		[Symbol.dispose]() {
			listeners.delete(listener);
			if (listeners.size > 0) {
				return;
			}
			hook.disable();
			timers.clear();
		},
	};
}

/** Does not keep the thing itself: what nobody holds any more is no leak. */
function isAliveOf(resource: object): () => boolean {
	const reference = new WeakRef(resource);
	return () => {
		const held: { hasRef?: () => boolean } | undefined = reference.deref();
		return held !== undefined && !ended.has(held) && held.hasRef?.() === true;
	};
}
