import { once } from "node:events";
import { Agent, type RequestOptions, request } from "node:https";
import { buffer } from "node:stream/consumers";

/** Not the address of the proxy, so that the app can tell its client from it. */
export const clientAddress = "127.0.0.2";

/** Sends a request over TLS, whose certificate is the test's own; gives the status and the body of the answer. */
export async function send(
	port: number,
	path: string,
	options: RequestOptions & { readonly body?: string } = {},
): Promise<{ readonly status: number; readonly body: string }> {
	const { body, ...rest } = options;
	const sent = request({
		...secure(port, path),
		...rest,
	});
	sent.end(body);
	const [answer] = await once(sent, "response");
	const bytes = await buffer(answer);
	return { status: answer.statusCode, body: bytes.toString() };
}

/** For a request or a socket to the proxy, by the name that it serves. */
export function secure(port: number, path: string): RequestOptions {
	return {
		host: "127.0.0.1",
		port,
		path,
		localAddress: clientAddress,
		servername: "shop.example.com",
		headers: { host: "shop.example.com" },
		rejectUnauthorized: false,
	};
}

/** Clients that write one line after the other, half of them on connections that they keep. */
export class Visitors {
	readonly acknowledged: string[] = [];
	readonly failures: string[] = [];
	readonly #port: number;
	readonly #agent = new Agent({ keepAlive: true });
	readonly #all: Promise<unknown>;
	#isOver = false;

	constructor(port: number, count: number) {
		this.#port = port;
		this.#all = Promise.all(
			Array.from({ length: count }, (_, visitor) =>
				this.#write(visitor, visitor % 2 === 0 ? this.#agent : false),
			),
		);
	}

	/** Lets each finish its line. */
	async stop(): Promise<void> {
		this.#isOver = true;
		await this.#all;
		this.#agent.destroy();
	}

	async #write(visitor: number, agent: Agent | false): Promise<void> {
		for (let number = 0; !this.#isOver; number++) {
			const line = `${visitor}-${number}`;
			const end = await send(this.#port, `/writes/${line}`, {
				method: "POST",
				agent,
			}).then(
				({ status }) => String(status),
				(error: NodeJS.ErrnoException) => error.code ?? error.message,
			);
			if (end === "200") {
				this.acknowledged.push(line);
			} else {
				this.failures.push(`${line}: ${end}`);
			}
		}
	}
}
