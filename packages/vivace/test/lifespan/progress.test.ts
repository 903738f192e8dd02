import assert from "node:assert/strict";
import { clearLine, cursorTo, moveCursor } from "node:readline";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import { LifespanRunner } from "../../src/lifespan/lifespan-runner.ts";
import { lifespanReporter } from "../../src/lifespan/report/default-reporter.ts";
import type { LifespanLogger } from "../../src/lifespan/report/lifespan-reporter.ts";
import { logReporter } from "../../src/lifespan/report/log-reporter.ts";
import {
	type ProgressRow,
	progressRow,
} from "../../src/lifespan/report/progress-row.ts";
import { fakeTimers, rejection, resource } from "./fixtures.ts";

function logger(): LifespanLogger & { readonly lines: string[] } {
	const lines: string[] = [];
	return {
		lines,
		info: (message) => lines.push(`info ${message}`),
		warn: (message) => lines.push(`warn ${message}`),
		error: (message) => lines.push(`error ${message}`),
	};
}

const cyan = "\u001b[36m";
const eraseLine = "\u001b[0K";

function takes(ms: number): () => Promise<void> {
	return () => new Promise((resolve) => setTimeout(resolve, ms));
}

/** Sets variables of the environment until disposed; `undefined` removes one. */
function environment(
	variables: Readonly<Record<string, string | undefined>>,
): Disposable {
	const before = Object.fromEntries(
		Object.keys(variables).map((name) => [name, process.env[name]]),
	);
	const set = (values: typeof variables): void => {
		for (const [name, value] of Object.entries(values)) {
			if (value === undefined) {
				delete process.env[name];
			} else {
				process.env[name] = value;
			}
		}
	};
	set(variables);
	return { [Symbol.dispose]: () => set(before) };
}

/** A terminal that remembers what was written on it; `shown` resolves at the first line that fits. */
function terminal(): NodeJS.WriteStream & {
	text(): string;
	shown(pattern: RegExp): Promise<void>;
} {
	const stream = new PassThrough();
	let text = "";
	const waiting: { pattern: RegExp; resolve: () => void }[] = [];
	stream.on("data", (chunk) => {
		text += chunk;
		for (const one of waiting) {
			if (one.pattern.test(text)) {
				one.resolve();
			}
		}
	});
	return Object.assign(stream, {
		isTTY: true,
		columns: 60,
		rows: 24,
		text: () => text,
		shown: (pattern: RegExp) =>
			new Promise<void>((resolve) => {
				if (pattern.test(text)) {
					resolve();
				}
				waiting.push({ pattern, resolve });
			}),
		cursorTo: (x: number) => cursorTo(stream, x),
		clearLine: (direction: -1 | 0 | 1) => clearLine(stream, direction),
		moveCursor: (x: number, y: number) => moveCursor(stream, x, y),
		getColorDepth: () => WriteStream.prototype.getColorDepth.call(stream),
		// A pass-through stream has all that the reporter and the library use of a terminal, but not a terminal's type.
	}) as unknown as ReturnType<typeof terminal>;
}

test("what goes well and fast is told in one line", async () => {
	using time = fakeTimers();
	const log = logger();
	const runner = new LifespanRunner(
		[resource("a", takes(30)), resource("b", () => 1)],
		{ reporter: logReporter(log) },
	);
	const starting = runner.start();
	await time.advance(30);
	await starting;
	await runner.stop();
	assert.deepEqual(log.lines, ["info 2 resources are ready after 30 ms"]);
});

test("an app without resources says nothing", async () => {
	const log = logger();
	const runner = new LifespanRunner([], { reporter: logReporter(log) });
	await runner.start();
	await runner.stop();
	assert.deepEqual(log.lines, []);
});

test("a slow resource is told of after a second, every ten, by its progress, and when it is ready", async () => {
	using time = fakeTimers();
	const log = logger();
	const model = resource("model", async function* (_read, lifespan) {
		await takes(12_500)();
		lifespan.progress(26, 50, "weights");
		lifespan.progress(27, 50, "weights");
		await takes(500)();
		yield;
		await takes(1_500)();
	});
	const runner = new LifespanRunner([model], {
		reporter: logReporter(log),
	});
	const starting = runner.start();
	for (const ms of [1_000, 10_000, 1_500, 500]) {
		await time.advance(ms);
	}
	await starting;
	const stopping = runner.stop();
	await time.advance(1_500);
	await stopping;
	assert.deepEqual(log.lines, [
		'info "model" has been starting for 1.0 s',
		'info "model" has been starting for 11.0 s',
		'info "model" is starting: 52 % (26 of 50) weights',
		'info "model" is ready after 13.0 s',
		"info 1 resource is ready after 13.0 s",
		'info "model" was released after 1.5 s',
	]);
});

test("what fails is told, in start-up, between tries and in release", async () => {
	using time = fakeTimers();
	const log = logger();
	const refuse = () => Promise.reject(new Error("refused"));
	const runner = new LifespanRunner(
		[
			resource("broken", async function* () {
				yield;
				throw new Error("stuck");
			}),
			resource("cache", refuse, { options: { optional: true } }),
			resource("pool", refuse, {
				options: { retry: { times: 1, delayMs: 100 } },
			}),
		],
		{ reporter: logReporter(log) },
	);
	const starting = rejection(runner.start());
	await time.advance(100);
	await starting;
	assert.deepEqual(log.lines, [
		'warn "pool" failed: refused; it is tried again in 100 ms',
		'warn "cache" failed: refused; it is optional: the app does without it for now, and it is tried again in the background',
		'error "pool" failed: refused',
		'error VIV_LIFESPAN: "broken" could not be released: stuck',
	]);
});

test("what start() and stop() reject with is told there alone, if so wished; what nobody waits for is told here", () => {
	const log = logger();
	const reporter = logReporter(log, { failures: false });
	const stuck = new Error("stuck");
	reporter.failed("pool", new Error("refused"));
	reporter.released("pool", 1, stuck);
	assert.deepEqual(log.lines, []);
	reporter.late("cache");
	reporter.released("cache", 1, stuck);
	assert.equal(log.lines.at(-1), "error stuck");
});

const row: ProgressRow = {
	name: "model",
	doing: "starting",
	sinceMs: 1_000,
	progress: undefined,
};
const rows: [row: ProgressRow, columns: number, line: string][] = [
	[row, 80, "* model   starting  3.2 s"],
	[{ ...row, doing: "releasing" }, 80, "* model   releasing  3.2 s"],
	[
		{ ...row, progress: { done: 26, total: 50, text: "weights" } },
		80,
		"* model   ##########----------  52 %  weights  3.2 s",
	],
	[
		{ ...row, progress: { done: 70, total: 50, text: undefined } },
		80,
		"* model   #################### 100 %  3.2 s",
	],
	[
		{ ...row, progress: { done: 0, total: 0, text: "waits" } },
		80,
		"* model   starting  waits  3.2 s",
	],
	[
		{ ...row, progress: { done: 0, total: 0, text: "a\u001b[2J\nb" } },
		80,
		"* model   starting  a b  3.2 s",
	],
	[row, 12, "* model   s…"],
];

for (const [given, columns, line] of rows) {
	test(`a row of ${columns} columns reads "${line}"`, () => {
		assert.equal(
			progressRow(given, {
				nowMs: 4_200,
				frame: "*",
				nameWidth: 6,
				columns,
				bar: ["#", "-"],
			}),
			line,
		);
	});
}

test("on a terminal slow resources are drawn with spinner or bar, and nothing of it stays", async () => {
	using _environment = environment({ CI: undefined, TERM: "xterm" });
	using time = fakeTimers();
	const stream = terminal();
	const log = logger();
	const gate = Promise.withResolvers<void>();
	const runner = new LifespanRunner(
		[
			resource("pool", () => gate.promise),
			resource("model", (_read, lifespan) => {
				lifespan.progress(1, 4, "weights");
				return gate.promise;
			}),
			resource("quick", () => 1),
		],
		{
			reporter: lifespanReporter(log, { stream }),
		},
	);
	const starting = runner.start();
	await time.advance(3_200);
	await stream.shown(
		/pool {3}starting.*model {2}[█#]{5}[░-]{15} {2}25 % {2}weights/s,
	);
	gate.resolve();
	await starting;
	const drawn = stream.text();
	assert.doesNotMatch(stripVTControlCharacters(drawn), /quick/);
	const hideCursor = "\u001b[?25l";
	assert.ok(!drawn.includes(hideCursor));
	const afterwards = drawn.slice(drawn.lastIndexOf("weights"));
	assert.equal(afterwards.split(eraseLine).length - 1, 2, "both are erased");
	assert.deepEqual(log.lines, [
		'info "pool" is ready after 3.2 s',
		'info "model" is ready after 3.2 s',
		"info 3 resources are ready after 3.2 s",
	]);
	await runner.stop();
});

for (const [what, NO_COLOR, isColoured] of [
	["is coloured", undefined, true],
	["is plain where NO_COLOR is set", "1", false],
] as const) {
	test(`the spinner ${what}`, async () => {
		// A build server, a shell in tmux and a person's taste set these, and each decides on colour.
		using _environment = environment({
			NO_COLOR,
			NODE_DISABLE_COLORS: undefined,
			FORCE_COLOR: undefined,
			CI: undefined,
			TMUX: undefined,
			TERM: "xterm-256color",
		});
		using time = fakeTimers();
		const stream = terminal();
		const gate = Promise.withResolvers<void>();
		const runner = new LifespanRunner([resource("pool", () => gate.promise)], {
			reporter: lifespanReporter(logger(), { stream }),
		});
		const starting = runner.start();
		await time.advance(1_000);
		await stream.shown(/pool {2}starting {2}1\.0 s/);
		gate.resolve();
		await starting;
		await runner.stop();
		assert.equal(stream.text().includes(cyan), isColoured);
	});
}

const plain: [
	what: string,
	stream: { isTTY?: boolean; columns?: number },
	env: NodeJS.ProcessEnv,
][] = [
	["a pipe", { isTTY: false }, {}],
	["a dumb terminal", {}, { TERM: "dumb" }],
	["a build server", {}, { CI: "true" }],
	["a terminal without a size", { columns: 0 }, {}],
];

for (const [what, kind, env] of plain) {
	test(`${what} gets log lines and no drawing`, async () => {
		using _environment = environment({ CI: undefined, TERM: "xterm", ...env });
		using time = fakeTimers();
		const stream = Object.assign(terminal(), kind);
		const log = logger();
		const runner = new LifespanRunner([resource("pool", takes(1_200))], {
			reporter: lifespanReporter(log, { stream }),
		});
		const starting = runner.start();
		await time.advance(1_000);
		await time.advance(200);
		await starting;
		await runner.stop();
		assert.equal(stream.text(), "");
		assert.match(log.lines[0] ?? "", /"pool" has been starting for/);
	});
}
