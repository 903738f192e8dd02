/** The types of sockets: those that are inferred, and programs that must not compile. As in declarations.ts, nothing here runs. */
import { z } from "zod";
import { App, dependency, Router, WebSocket } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

type Equal<Left, Right> =
	(<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2
		? true
		: false;

function exactly<Expected>() {
	return <Actual>(
		_value: Actual,
		..._same: Equal<Actual, Expected> extends true ? [] : [never]
	): void => {};
}

const app = new App({
	lifespan: async function* () {
		yield { model: 42 };
	},
});
const user = dependency(() => ({ name: "ada" }));
const Say = z.object({ text: z.string(), at: z.date().optional() });

app.websocket("/plain/{room}", async ({ room }, socket) => {
	exactly<string>()(room);
	exactly<number>()(socket.request.state.model);
	exactly<string | Uint8Array>()(await socket.receive());
	for await (const message of socket) {
		exactly<string | Uint8Array>()(message);
	}
	await socket.send({ anything: 1 });
});

app.websocket(
	{ path: "/typed/{id}", receives: Say, sends: z.object({ n: z.int() }) },
	{ id: z.int(), user, socket: WebSocket },
	async ({ id, user, socket: same }, socket) => {
		exactly<number>()(id);
		exactly<string>()(user.name);
		exactly<WebSocket>()(same);
		for await (const said of socket) {
			exactly<string>()(said.text);
			exactly<Date | undefined>()(said.at);
		}
		await socket.send({ n: 1 });
		// @ts-expect-error a value that `sends` does not take
		await socket.send({ n: "one" });
		for await (const number of socket.messages(z.int())) {
			exactly<number>()(number);
		}
	},
);

const texts = new Set<WebSocket>();
const typed = new Set<WebSocket<unknown, { n: number }>>();
app.websocket(
	{ path: "/kept", receives: Say, sends: z.object({ n: z.int() }) },
	async (_values, socket) => {
		typed.add(socket);
		// @ts-expect-error whoever reads from the set would take what `receives` has made for a text
		texts.add(socket);
		await WebSocket.broadcast(typed, { n: 1 });
		// @ts-expect-error a value that the sockets of the set do not send
		await WebSocket.broadcast(typed, { n: "one" });
		// @ts-expect-error and one of another kind
		await WebSocket.broadcast(typed, "one");
	},
);
app.websocket({ path: "/heard", receives: Say }, (_values, socket) => {
	typed.add(socket); // it sends anything
});

// @ts-expect-error a socket has no status
app.websocket({ path: "/", status: 201 }, () => {});
// @ts-expect-error there is no such name in the path
app.websocket("/{a}", ({ b }) => b);

new Router({ prefix: "/tenants/{tenant}" }).websocket("/{room}", (values) => {
	exactly<string>()(values.tenant);
	exactly<string>()(values.room);
});

app.exceptionHandler(RangeError, async (_request, error, socket) => {
	exactly<RangeError>()(error);
	await socket?.close(4000);
	return undefined;
});

const client = await TestClient.start(app);
const socket = await client.websocket("/");
exactly<unknown>()(await socket.receiveJson());
exactly<number>()((await socket.receiveJson(z.object({ n: z.int() }))).n);
