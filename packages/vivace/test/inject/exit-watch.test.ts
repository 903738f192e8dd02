import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { mock, test } from "node:test";
import { ExitWatch, type WatchedExit } from "../../src/inject/exit-watch.ts";

/** Something that is watched, and a promise of when it was given up. */
function watched(onGiveUp: () => void = () => {}) {
	const { promise, resolve } = Promise.withResolvers<number>();
	const exit: WatchedExit = {
		previous: undefined,
		next: undefined,
		begunMs: 0,
		giveUp() {
			onGiveUp();
			resolve(performance.now() - exit.begunMs);
		},
	};
	return { exit, givenUp: promise };
}

test("what takes too long is given up when its own time is over, the oldest first", async () => {
	const watch = new ExitWatch(4);
	const order: string[] = [];
	const ended = watched(() => order.push("ended"));
	const first = watched(() => order.push("first"));
	const second = watched(() => order.push("second"));
	watch.add(ended.exit);
	watch.add(first.exit);
	watch.delete(ended.exit);
	watch.add(second.exit);
	assert.ok((await first.givenUp) >= 4);
	const third = watched(() => order.push("third"));
	watch.add(third.exit);
	assert.ok((await second.givenUp) >= 4);
	assert.ok((await third.givenUp) >= 4);
	assert.deepEqual(order, ["first", "second", "third"]);
});

test("what is given up may be followed by something else at once", async () => {
	const watch = new ExitWatch(2);
	const next = watched();
	const first = watched(() => watch.add(next.exit));
	watch.add(first.exit);
	await first.givenUp;
	assert.ok((await next.givenUp) >= 2);
});

test("a process is kept running by what is watched, and by nothing else", (t) => {
	const timers = () =>
		process.getActiveResourcesInfo().filter((kind) => kind === "Timeout");
	const before = timers().length;
	const timer = setTimeout(() => {}, 1000);
	const isTold = timers().length > before;
	clearTimeout(timer);
	if (!isTold) {
		t.skip("this runtime does not tell");
		return;
	}
	const watch = new ExitWatch(20_000);
	const { exit } = watched();
	for (let count = 0; count < 2; count++) {
		watch.add(exit);
		assert.equal(timers().length, before + 1);
		watch.delete(exit);
		assert.equal(timers().length, before);
	}
});

test("nobody is given up in the async context of a request", async () => {
	const storage = new AsyncLocalStorage<string>();
	const watch = new ExitWatch(1);
	let seen: string | undefined = "nothing yet";
	const late = watched(() => {
		seen = storage.getStore();
	});
	storage.run("a request", () => watch.add(late.exit));
	await late.givenUp;
	assert.equal(seen, undefined);
});

test("a test's clock that is gone keeps no later limit from being kept", async () => {
	const watch = new ExitWatch(1);
	mock.timers.enable({ apis: ["setTimeout"] });
	const { exit } = watched();
	watch.add(exit);
	watch.delete(exit);
	mock.timers.reset();
	const late = watched();
	const begunMs = performance.now();
	while (performance.now() - begunMs < 2) {
		// until the timer of that clock should have come
	}
	watch.add(late.exit);
	assert.ok((await late.givenUp) >= 1);
});
