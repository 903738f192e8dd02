/** The runtimes besides Node for the tests of the published package and of chat-history. */
export type Runtime = "bun" | "deno";

/**
 * Test files, by the beginning of their paths, that are not run on these runtimes, for they say nothing about one: the compiler, pages in a
 * browser, the options of every public function, databases whose drivers are tested apart.
 */
export const runtimeFree: readonly string[] = [
	"apps/chat-history/test/faults/",
	"packages/vivace/test/cli/check.test.ts",
	"packages/vivace/test/docs/docs-in-browser.test.ts",
	"packages/vivace/test/errors/every-",
	"packages/vivace/test/errors/missing-packages",
	"packages/vivace/test/pagination/cursor-",
	"packages/vivace/test/security/docs-login.test.ts",
];

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
const noAnswerOfOurs =
	"answers what is no HTTP, or breaks its rules, by itself and without a body";
const sortsHeaders = "sorts headers, and joins those of one name";
const losesAuthority = "drops the host of a target in absolute form";
const asksAlways =
	"sends 100 Continue to who asks for it, before anybody has seen the request";
const deferred =
	"takes a connection in when its first bytes have come, and knows of no other";
const mocksAllTimers =
	"stops, with `mock.timers`, those too that were kept from before";
const unreliableWorkers =
	"at times does not answer on a connection that came from another process, and runs no thread in a worker";
const neverCloses =
	"closes no connection because an answer says so: its client has to";
const unreadHeaders =
	"makes the headers of a GET when they are asked for: until then of several hosts the first counts, and of expectations none";
const cutsAtNul =
	"cuts a text of SQLite off at a NUL character when it is read";
const endsWithAnswer = "reads no more of a body when its answer has been given";
const untypedText =
	"gives a response that is made of a text no Content-Type, so that it can't be told from a stream";
const noAsyncHooks = "does not tell who has begun what is still there";

/**
 * Tests that do not run on a runtime, and why, for each test file: a reason for the whole file, or one for each test or suite, by the
 * beginning of its name.
 */
export const exceptions: Readonly<Record<Runtime, Exceptions>> = {
	bun: {
		"packages/vivace/test/app/development-doubts.test.ts": {
			"a response of the runtime that was made of an object is told":
				untypedText,
		},
		"packages/vivace/test/app/header-models.test.ts": {
			"of a repeated header the first counts": sortsHeaders,
		},
		"packages/vivace/test/app/request-facts.test.ts": {
			"a request knows its app, the lines of its headers": sortsHeaders,
		},
		"packages/vivace/test/cli/dev-errors.test.ts": {
			"an answer of the program's own": noHooks,
			"an error that nothing has handled": noHooks,
		},
		"packages/vivace/test/cli/commands.test.ts": {
			"a mistake in plain JavaScript": noSuchText,
			"a module in a package of CommonJS": "loads it all the same",
		},
		"packages/vivace/test/cli/dev-leaks.test.ts": noHooks,
		"packages/vivace/test/cli/dev.test.ts": noHooks,
		"packages/vivace-database/test/errors/statement-errors.test.ts": {
			"name the statement and the program's line":
				"keeps no frames of those who wait for a promise",
		},
		"packages/vivace/test/server/lifecycle/app-shutdown.test.ts": {
			"a process whose event loop is blocked": noInspector,
		},
		"packages/vivace/test/server/framing.test.ts": {
			"a body that is cut off":
				"answers nothing to a client that ends its side within a body",
			"the host of an absolute target": losesAuthority,
		},
		"packages/vivace/test/server/node/behind-a-request.test.ts": noAnswerOfOurs,
		"packages/vivace/test/server/node/attacks/attacks.test.ts": otherParser,
		"packages/vivace/test/server/node/loaded-modules.test.ts": notNode,
		"packages/vivace/test/server/node/body-reading.test.ts": {
			"that comes in pieces is read to its end": endsWithAnswer,
			"ends a streamed answer that was over before it": endsWithAnswer,
			"of several requests that are sent without waiting":
				"closes a connection that brings a request before the one before it is answered",
		},
		"packages/vivace/test/server/node/idle-connections.test.ts": notNode,
		"packages/vivace/test/server/node/known-heads.test.ts": notNode,
		"packages/vivace/test/server/node/receiving.test.ts": {
			"a client that asks first": asksAlways,
			"headers are read by name": sortsHeaders,
			"requests that are sent without waiting":
				"closes a connection that brings a request before the one before it is answered",
			"what is no HTTP": noAnswerOfOurs,
		},
		"packages/vivace/test/server/node/request-rules.test.ts": {
			"a body without an end": noAnswerOfOurs,
			"a request without Host": noAnswerOfOurs,
			"a transfer coding that is not understood": noAnswerOfOurs,
			"an expectation": unreadHeaders,
			"the same Host twice": unreadHeaders,
			"two Host headers": unreadHeaders,
			"an absolute form beside another Host": losesAuthority,
			"an absolute form of another scheme": noAnswerOfOurs,
			"an absolute form with a user in it": losesAuthority,
			"two lines of transfer codings": noAnswerOfOurs,
			"what the target says of the host": losesAuthority,
		},
		"packages/vivace/test/server/node/sending.test.ts": {
			"the head of a stream goes ahead":
				"sends the head of a stream with its first chunk",
		},
		"packages/vivace/test/server/lifecycle/process.test.ts": {
			"a timer that was left": "does not say what keeps a process",
		},
		"packages/vivace/test/server/lifecycle/shutdown.test.ts": {
			"a connection that never sends anything": deferred,
			"a slow download of a streamed body":
				"sends a stream in chunks, also one whose length was announced",
			"a slow download of a whole body":
				"sends a long body without a media type in chunks",
			"idle connections are closed": deferred,
		},
		"packages/vivace/test/server/socket-lifecycle.test.ts": {
			"a client that does not answer the close frame":
				"waits for no answer to a close frame",
			"a request before the handshake on the same connection":
				"closes a connection that brings a request before the one before it is answered",
			"messages are compressed where the route says so":
				"offers compression to all sockets of a server or to none",
		},
		"packages/vivace/test/server/socket-protocol.test.ts": {
			"a socket on the wire §5.5 a control frame of 126 bytes":
				"closes with another code, 1009",
			"more than is read before the handshake is answered":
				"closes a connection that sends much before its handshake is answered",
		},
		"packages/vivace/test/server/tls.test.ts": {
			"a client that speaks HTTP/2 alone": "has no answer of ours for HTTP/2",
		},
		"packages/vivace/test/server/unix-socket.test.ts": {
			"a descriptor that is no listening socket":
				"does not say what kind a descriptor is",
		},
		"packages/vivace/test/server/uploads.test.ts": {
			"when its length says": asksAlways,
		},
		"packages/vivace/test/server/workers/worker-limits.test.ts": {
			"a socket that systemd passes on":
				"does not keep a descriptor for others",
		},
		"packages/vivace/test/server/workers/workers.test.ts": {
			"a worker answers a client that is too slow":
				"has no time limits for connections from another process",
			"a worker closes connections beyond the limit":
				"has no limit for connections",
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
		"packages/vivace/test/app/header-models.test.ts": {
			"of a repeated header the first counts": sortsHeaders,
		},
		"packages/vivace/test/app/request-facts.test.ts": {
			"a request knows its app, the lines of its headers": sortsHeaders,
		},
		"apps/chat-history/test/message-store.test.ts": {
			"keep every character": cutsAtNul,
		},
		"apps/chat-history/test/nul.test.ts": {
			"a NUL character on SQLite": cutsAtNul,
		},
		"packages/vivace/test/database/odd-inputs.test.ts": {
			"a NUL character on SQLite": cutsAtNul,
		},
		"packages/vivace/test/cli/commands.test.ts": {
			"a mistake in plain JavaScript": noSuchText,
			"a module in a package of CommonJS": "loads it all the same",
		},
		"packages/vivace/test/cli/dev.test.ts": {
			"a program that fails at first": noSuchText,
			"a syntax error is shown": noSuchText,
		},
		"packages/vivace/test/cli/run.test.ts": {
			"vivace run --workers": unreliableWorkers,
			"vivace run tells requests": unreliableWorkers,
		},
		"packages/vivace/test/http/event-source-response.test.ts": {
			"while nothing is sent": mocksAllTimers,
		},
		"packages/vivace/test/logging/request-log.test.ts": {
			"tells that a client has gone":
				"tells that only who listens to a request's signal, or sends a stream",
		},
		"packages/vivace/test/server/lifecycle/app-shutdown.test.ts": {
			"a process whose event loop is blocked": noInspector,
		},
		"packages/vivace/test/server/node/attacks/attacks.test.ts": otherParser,
		"packages/vivace/test/server/node/loaded-modules.test.ts": notNode,
		"packages/vivace/test/server/node/body-reading.test.ts": {
			"that comes in pieces is read to its end": endsWithAnswer,
			"ends a streamed answer that was over before it": endsWithAnswer,
		},
		"packages/vivace/test/server/node/idle-connections.test.ts": notNode,
		"packages/vivace/test/server/node/known-heads.test.ts": notNode,
		"packages/vivace/test/server/framing.test.ts": {
			"a 205 has no body":
				"leaves the length out of a 205, also where it is given",
		},
		"packages/vivace/test/server/load.test.ts": {
			"workers, ": unreliableWorkers,
		},
		"packages/vivace/test/server/node/behind-a-request.test.ts": neverCloses,
		"packages/vivace/test/server/node/receiving.test.ts": {
			"headers are read by name": sortsHeaders,
			"a body that announces too much": neverCloses,
			"a body that turns out too large": neverCloses,
			"a client that never stops sending": neverCloses,
			"a client that asks first": asksAlways,
			"a short body that nobody reads": neverCloses,
			"a reader that leaves the chunks early": neverCloses,
			"requests that are sent without waiting":
				"takes a request of a connection when the one before it is answered",
			"what is no HTTP": noAnswerOfOurs,
		},
		"packages/vivace/test/server/node/request-rules.test.ts": neverCloses,
		"packages/vivace/test/server/node/sending.test.ts": {
			"a stream is sent in chunks": "joins chunks that are ready together",
		},
		"packages/vivace/test/server/socket-clients.test.ts": {
			"the runtime's own": "gives its own client no code for a refusal",
		},
		"packages/vivace/test/server/socket-lifecycle.test.ts": {
			"messages are compressed where the route says so":
				"ends when a client sends broken compressed data, so none is agreed on",
		},
		"packages/vivace/test/server/socket-protocol.test.ts": {
			"a refused handshake": neverCloses,
			"what asks for a socket by another method":
				"refuses a wish to upgrade in another request than a GET",
		},
		"packages/vivace/test/server/bun/system-sockets.test.ts":
			"has its connections looked at by nobody but its own server",
		"packages/vivace/test/server/bun/worker-sockets.test.ts":
			"has none of Bun's listening sockets",
		"packages/vivace/test/server/tls.test.ts": {
			"a client that speaks HTTP/2 alone":
				"shakes hands with who speaks HTTP/2 alone",
			"with an authority for clients":
				"cuts clients off that show a certificate",
		},
		"packages/vivace/test/server/uploads.test.ts": {
			"when its length says": asksAlways,
			"passes over what nobody reads": "says twice that a connection closes",
			"when the form ends early": neverCloses,
		},
		"packages/vivace/test/server/workers/channel.test.ts": unreliableWorkers,
		"packages/vivace/test/server/workers/inherited-sockets.test.ts":
			"has none of Bun's listening sockets",
		"packages/vivace/test/server/workers/worker-limits.test.ts":
			unreliableWorkers,
		"packages/vivace/test/server/workers/worker-sockets.test.ts":
			unreliableWorkers,
		"packages/vivace/test/server/workers/workers.test.ts": unreliableWorkers,
		"packages/vivace/test/templates/templates.test.ts": {
			"a statement stops the start": noPlaceInScripts,
			"an open brace stops the start": noPlaceInScripts,
		},
		"packages/vivace/test/testing/fake-timers.test.ts": mocksAllTimers,
		"packages/vivace/test/websocket/limits.test.ts": {
			"a socket on which nothing comes": mocksAllTimers,
		},
		"packages/vivace/test/testing/leaks.test.ts": {
			"may be a listening socket":
				"its async hooks see no listening sockets, threads and child processes",
		},
	},
};
