import assert from "node:assert/strict";
import { test } from "node:test";
import { Bell } from "../../src/channel/bell.ts";

test("a bell that is over before it hangs leaves no listener on a signal that lasts", () => {
	const lasting = new AbortController().signal;
	let listeners = 0;
	lasting.addEventListener = () => void listeners++;
	const ending = new AbortController();
	const bell = new Bell([lasting, ending.signal]);
	assert.equal(bell.isOver, false);
	ending.abort();
	bell.hang();
	assert.equal(bell.isOver, true);
	assert.equal(listeners, 0);
});
