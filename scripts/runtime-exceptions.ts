/** The runtimes besides Node for the tests of the published package and of chat-history. */
export type Runtime = "bun" | "deno";

type Exceptions = Readonly<
	Record<string, string | Readonly<Record<string, string>>>
>;

const noSuchText = "words a mistake in JavaScript otherwise";
const noPlaceInScripts = "does not say where a script can't be read";
const notNode = "has other modules than Node";
const noHooks =
	"has no hooks for modules, from which `vivace dev` learns what to watch";
const otherParser =
	"has another parser of HTTP, which takes and refuses other things";
const noInspector = "can't look into a blocked thread from another one";
const resetsOnClose =
	"resets connections that are kept alive or have not been accepted when its port closes";
const noAsyncHooks = "does not tell who has begun what is still there";

/**
 * Tests that do not run on a runtime, and why, for each test file: a reason for the whole file, or one for each test or suite, by the
 * beginning of its name.
 */
export const exceptions: Readonly<Record<Runtime, Exceptions>> = {
	bun: {
		"packages/vivace/test/cli/commands.test.ts": {
			"a mistake in plain JavaScript": noSuchText,
		},
		"packages/vivace/test/cli/dev-leaks.test.ts": noHooks,
		"packages/vivace/test/cli/dev.test.ts": noHooks,
		"packages/vivace-database/test/errors/statement-errors.test.ts": {
			"name the statement and the program's line":
				"keeps no frames of those who wait for a promise",
		},
		"packages/vivace/test/security/docs-login.test.ts": {
			"at a provider": "warns of a function that oidc-provider's cookies call",
		},
		"packages/vivace/test/server/lifecycle/app-shutdown.test.ts": {
			"a process whose event loop is blocked": noInspector,
		},
		"packages/vivace/test/server/load.test.ts": resetsOnClose,
		"packages/vivace/test/server/node/attacks/attacks.test.ts": otherParser,
		"packages/vivace/test/server/node/loaded-modules.test.ts": notNode,
		"packages/vivace/test/server/lifecycle/process.test.ts": {
			"a timer that was left": "does not say what keeps a process",
			"clients that connect for each request": resetsOnClose,
		},
		"packages/vivace/test/server/lifecycle/shutdown.test.ts": {
			"a connection that never sends anything": resetsOnClose,
			"a request that comes on an idle connection": resetsOnClose,
			"a slow download of a whole body":
				"cuts an answer that a slow client has not taken when its port closes",
			"idle connections are closed": resetsOnClose,
			"under the load of 64 connections": resetsOnClose,
		},
		"packages/vivace/test/server/workers/workers.test.ts": {
			"a worker answers a client that is too slow":
				"has no time limits for connections from another process",
		},
		"packages/vivace/test/testing/fake-timers.test.ts": {
			"a leak is found": noAsyncHooks,
		},
		"packages/vivace/test/testing/leaks.test.ts": {
			"is reported with what the app did": noAsyncHooks,
			"may be a listening socket": noAsyncHooks,
			"is no news where it is to be ignored": noAsyncHooks,
			"is the test's own": noAsyncHooks,
		},
	},
	deno: {
		"apps/chat-history/test/message-store.test.ts": {
			"keep every character":
				"cuts a text of SQLite off at a NUL character when it is read",
		},
		"packages/vivace/test/cli/commands.test.ts": {
			"a mistake in plain JavaScript": noSuchText,
		},
		"packages/vivace/test/cli/dev.test.ts": {
			"a program that fails at first": noSuchText,
			"a syntax error is shown": noSuchText,
		},
		"packages/vivace/test/server/lifecycle/app-shutdown.test.ts": {
			"a process whose event loop is blocked": noInspector,
		},
		"packages/vivace/test/server/load.test.ts": resetsOnClose,
		"packages/vivace/test/server/node/attacks/attacks.test.ts": otherParser,
		"packages/vivace/test/server/node/loaded-modules.test.ts": notNode,
		"packages/vivace/test/server/lifecycle/process.test.ts": {
			"clients that connect for each request": resetsOnClose,
		},
		"packages/vivace/test/server/workers/workers.test.ts":
			"at times does not answer on a connection that came from another process, and runs no thread in a worker",
		"packages/vivace/test/templates/templates.test.ts": {
			"a statement stops the start": noPlaceInScripts,
			"an open brace stops the start": noPlaceInScripts,
		},
		"packages/vivace/test/testing/fake-timers.test.ts":
			"stops, with `mock.timers`, those too that were kept from before",
		"packages/vivace/test/testing/leaks.test.ts": {
			"may be a listening socket":
				"its async hooks see no listening sockets, threads and child processes",
		},
	},
};
