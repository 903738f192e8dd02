import { beginAtProgram } from "../errors/program-stack.ts";

const loop =
	"write for await (const message of socket) { … } in the handler, whose end closes the socket";
const end =
	"what stands behind the loop runs when the socket is closed, and socket.signal is aborted";

/** Members of the sockets of `ws`, browsers and FastAPI, and what to write here. */
const methods: Readonly<Record<string, string>> = {
	addEventListener: loop,
	on: loop,
	once: loop,
	emit: "write await socket.send(…)",
	terminate: "write await socket.close()",
	receive_text: "write await socket.receiveText()",
	receive_bytes: "write await socket.receiveBytes()",
	receive_json: "write await socket.receiveJson()",
	send_text: "write await socket.sendText(…)",
	send_bytes: "write await socket.sendBytes(…)",
	send_json: "write await socket.sendJson(…)",
	iter_text: loop,
	iter_json: loop,
};

const listeners: Readonly<Record<string, string>> = {
	onmessage: loop,
	onopen: "write await socket.accept() in the handler",
	onclose: end,
	onerror: end,
};

/**
 * Lets a socket that is used as another library's say what to write here: a listener that is set would never be called. They stand in no
 * type: the compiler refuses them.
 */
export function tellForeignMembers(prototype: object): void {
	for (const [name, remedy] of Object.entries(methods)) {
		Object.defineProperty(prototype, name, {
			configurable: true,
			writable: true,
			value() {
				throw foreignMember(`socket.${name}()`, remedy);
			},
		});
	}
	for (const [name, remedy] of Object.entries(listeners)) {
		Object.defineProperty(prototype, name, {
			configurable: true,
			get: () => undefined,
			set() {
				throw foreignMember(`socket.${name}`, remedy);
			},
		});
	}
}

function foreignMember(name: string, remedy: string): TypeError {
	return beginAtProgram(new TypeError(`${name}: there is none; ${remedy}.`));
}
