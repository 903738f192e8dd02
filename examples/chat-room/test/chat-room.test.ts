import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { App } from "vivace";
import { channel } from "vivace/channel";
import { TestClient, type TestSocket } from "vivace/testing";
import { z } from "zod";
import { RedisServer } from "../../../packages/vivace/test/support/redis.ts";
import { chatRoom } from "../app.ts";
import { Presence, Sign } from "../presence.ts";

const Event = z.object({
	kind: z.enum(["message", "gap", "people"]),
	id: z.string().optional(),
	name: z.string().optional(),
	text: z.string().optional(),
	names: z.array(z.string()).optional(),
});

const ids = {
	Ann: "00000000-0000-4000-8000-00000000000a",
	Bob: "00000000-0000-4000-8000-00000000000b",
	Eve: "00000000-0000-4000-8000-00000000000e",
};

/** Somebody in a room: what he is told, by kind. */
class Visitor {
	readonly socket: TestSocket;
	readonly messages: string[] = [];
	names: readonly string[] = [];
	lastId = "";

	constructor(socket: TestSocket) {
		this.socket = socket;
	}

	static async enter(
		client: TestClient,
		name: string,
		person: string,
		more: Record<string, string> = {},
		room = "lobby",
	): Promise<Visitor> {
		const query = new URLSearchParams({ name, person, ...more });
		return new Visitor(await client.websocket(`/rooms/${room}?${query}`));
	}

	say(text: string): Promise<void> {
		return this.socket.sendJson({ text });
	}

	/** Reads on until a claim holds. */
	async until(claim: (visitor: Visitor) => boolean): Promise<void> {
		while (!claim(this)) {
			const event = await this.socket.receiveJson(Event);
			if (event.kind === "people") {
				this.names = event.names ?? [];
			} else {
				this.messages.push(
					event.kind === "gap" ? "(gap)" : `${event.name}: ${event.text}`,
				);
				this.lastId = event.id ?? this.lastId;
			}
		}
	}
}

suite("a chat room", () => {
	test("tells everybody what is said, in one order, and who comes late what was said before", async () => {
		await using client = await TestClient.start(chatRoom());
		const ann = await Visitor.enter(client, "Ann", ids.Ann);
		const bob = await Visitor.enter(client, "Bob", ids.Bob);
		await ann.say("hello");
		await ann.until(({ messages }) => messages.length === 1);
		await bob.say(" hi ");
		const said = ["Ann: hello", "Bob: hi"];
		for (const each of [
			ann,
			bob,
			await Visitor.enter(client, "Eve", ids.Eve),
		]) {
			await each.until(({ messages }) => messages.length === 2);
			assert.deepEqual(each.messages, said);
		}
		const elsewhere = await Visitor.enter(client, "Ann", ids.Ann, {}, "other");
		await elsewhere.say("x");
		await elsewhere.until(({ messages }) => messages.length === 1);
		assert.deepEqual(elsewhere.messages, ["Ann: x"]);
	});

	test("who comes back goes on behind his last message, or hears of a gap", async () => {
		await using client = await TestClient.start(chatRoom());
		const ann = await Visitor.enter(client, "Ann", ids.Ann);
		const bob = await Visitor.enter(client, "Bob", ids.Bob);
		await bob.say("one");
		await ann.until(({ messages }) => messages.length === 1);
		await ann.socket.vanish();
		await bob.say("two");
		await bob.until(({ messages }) => messages.length === 2);
		const from = ann.lastId;
		const again = await Visitor.enter(client, "Ann", ids.Ann, { from });
		await again.until(({ messages }) => messages.length === 1);
		assert.deepEqual(again.messages, ["Bob: two"]);
		const lost = await Visitor.enter(client, "Eve", ids.Eve, { from: "x" });
		await lost.until(({ messages }) => messages.length === 3);
		assert.deepEqual(lost.messages, ["(gap)", "Bob: one", "Bob: two"]);
	});

	test("shows who is there, by each name once; a name belongs to whoever came first", async () => {
		await using client = await TestClient.start(chatRoom());
		const ann = await Visitor.enter(client, "Ann", ids.Ann);
		await ann.until(({ names }) => names.join() === "Ann");
		const bob = await Visitor.enter(client, "Bob", ids.Bob);
		for (const each of [ann, bob]) {
			await each.until(({ names }) => names.join() === "Ann,Bob");
		}
		const second = await Visitor.enter(client, "Ann", ids.Ann);
		await second.until(({ names }) => names.join() === "Ann,Bob");
		const false_ = await Visitor.enter(client, "Ann", ids.Eve);
		const { code, reason } = await false_.socket.closed;
		assert.deepEqual([code, reason], [4409, "somebody here has that name"]);
		await bob.socket.close();
		await ann.until(({ names }) => names.join() === "Ann");
	});

	test("somebody whose process was killed, and who therefore never says that he goes, counts as gone after a while", async () => {
		const signs = channel("presence", Sign);
		const app = new App();
		app.get("/", { signs }, () => null);
		await using _ = await TestClient.start(app);
		await using scope = await app.scope();
		const channelOfSigns = await scope.get(signs);
		const ghost = { connection: "1", person: "1", name: "Ghost" };
		await channelOfSigns.topic("lobby").publish({ ...ghost, isHere: true });
		const times = { signMs: 10, silenceMs: 100 };
		const present = new Presence(channelOfSigns, times);
		const over = new AbortController();
		const own = { id: ids.Ann, name: "Ann" };
		const staying = present.stay("lobby", own, over.signal);
		const seen: string[] = [];
		for await (const people of present.people("lobby", over.signal)) {
			seen.push(people.map(({ name }) => name).join());
			if (seen.length === 3) {
				break;
			}
		}
		assert.deepEqual(seen, ["Ghost", "Ghost,Ann", "Ann"]);
		over.abort();
		await staying;
	});

	test("what is wrong is told, and the room goes on; a name that is none is refused", async () => {
		await using client = await TestClient.start(chatRoom());
		const ann = await Visitor.enter(client, "Ann", ids.Ann);
		await ann.socket.sendJson({ text: " " });
		const Report = z.object({
			detail: z.array(z.object({ loc: z.tuple([z.string(), z.string()]) })),
		});
		for (;;) {
			const told = await ann.socket.receiveJson(z.unknown());
			const report = Report.safeParse(told);
			if (report.success) {
				assert.deepEqual(report.data.detail[0]?.loc[1], "text");
				break;
			}
		}
		await ann.say("still here");
		await ann.until(({ messages }) => messages.length === 1);
		for (const path of [
			`/rooms/lobby?name=%20&person=${ids.Bob}`,
			"/rooms/lobby?name=Bob&person=1",
			`/rooms/a%2Fb?name=Bob&person=${ids.Bob}`,
			`/rooms/a.b?name=Bob&person=${ids.Bob}`,
		]) {
			await assert.rejects(client.websocket(path), { status: 403 }, path);
		}
	});

	test("the page and what it loads are served", async () => {
		await using client = await TestClient.start(chatRoom());
		const page = await (await client.get("/")).text();
		for (const [, path = ""] of page.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
			assert.equal((await client.get(path)).status, 200, path);
		}
	});
});

test("two processes on one Redis are one room", {
	skip: RedisServer.missing ?? false,
}, async () => {
	await using redis = await RedisServer.start();
	const start = () => TestClient.start(chatRoom({ redisUrl: redis.url }));
	await using one = await start();
	await using other = await start();
	const ann = await Visitor.enter(one, "Ann", ids.Ann);
	await ann.until(({ names }) => names.join() === "Ann");
	const bob = await Visitor.enter(other, "Bob", ids.Bob);
	for (const each of [ann, bob]) {
		await each.until(({ names }) => names.join() === "Ann,Bob");
	}
	await ann.say("hello");
	await bob.until(({ messages }) => messages.length === 1);
	await bob.say("hi");
	await ann.until(({ messages }) => messages.length === 2);
	assert.deepEqual(ann.messages, ["Ann: hello", "Bob: hi"]);
	const taken = await Visitor.enter(other, "Ann", ids.Eve);
	assert.equal((await taken.socket.closed).code, 4409);
	await bob.socket.close();
	await ann.until(({ names }) => names.join() === "Ann");
});
