import type {
	BenchRequest,
	RefusedRequest,
	Workload,
} from "../shared/bench-request.ts";

/** A message as it is seeded. */
export interface SeededMessage {
	readonly user_id: number;
	readonly conversation_id: string;
	readonly role: "user" | "assistant";
	readonly content: string;
	readonly entry_time: Date;
}

const conversations = 1_000;
const messagesEach = 20;
export const storePath = "/store_content";
const readPath = "/get_chat_history";

/** About 200 bytes, half of them Chinese. */
function contentOf(conversation: number, turn: number): string {
	return `第${turn}条消息：请介绍一下北京的历史、文化和美食，并推荐三条适合周末的路线。Conversation ${conversation}: please answer with details, "sources" and at least 3 links.`;
}

/** Conversations of 20 messages, which are only read: what is stored goes to others. */
export function* seededMessages(): Generator<SeededMessage> {
	const start = Date.UTC(2026, 0, 1);
	for (let turn = 0; turn < messagesEach; turn += 1) {
		for (let number = 0; number < conversations; number += 1) {
			yield {
				...keyOf("read", number),
				role: turn % 2 === 0 ? "user" : "assistant",
				content: contentOf(number, turn),
				// two in each second, so that the order is not by time alone
				entry_time: new Date(start + Math.floor(turn / 2) * 1_000),
			};
		}
	}
}

function keyOf(kind: "read" | "store", number: number) {
	return { user_id: number + 1, conversation_id: `${kind}-${number}` };
}

const numbers = Array.from({ length: conversations }, (_, number) => number);
const reads = numbers.map((number) => post(readPath, keyOf("read", number)));
const stores = numbers.map((number) =>
	post(storePath, {
		...keyOf("store", number),
		role: number % 2 === 0 ? "user" : "assistant",
		content: contentOf(number, number),
	}),
);

/** The workloads. */
export const workloads: readonly Workload[] = [
	{
		name: "store",
		title: "a message of 200 bytes to one of 1,000 conversations",
		requests: stores,
	},
	{
		name: "read",
		title: "one of 1,000 conversations of 20 messages",
		requests: reads,
	},
	{
		name: "mixed",
		title: "a message stored, a conversation read, in turns",
		requests: numbers.flatMap((number) => [
			stores[number] as BenchRequest,
			reads[number] as BenchRequest,
		]),
	},
];

const difficult = [
	"plain",
	'"quotes", \\ and / and %s and ? and :name',
	"line\nbreaks\r\nand\ttabs",
	"北京 😀 é \u2028",
	" blanks around ",
	"x".repeat(20_000),
];

/** Requests whose answers must be the same on every server, sent in this order. */
export const comparedRequests: readonly BenchRequest[] = [
	...difficult.map((content, index) =>
		post(storePath, {
			user_id: 7,
			session_id: "compared",
			role: index % 2 === 0 ? "user" : "assistant",
			content,
		}),
	),
	post(readPath, { user_id: 7, session_id: "compared" }),
	post(readPath, { user_id: 7, conversation_id: "compared" }),
	post(readPath, { user_id: 8, session_id: "compared" }),
	post(storePath, { user_id: 7, role: "user", content: "no conversation" }),
	post(readPath, { user_id: 7 }),
	post(readPath, { user_id: "7", session_id: "compared" }),
	...reads,
];

const message = { user_id: 1, role: "user", content: "hello" };

/** Requests that are a client's mistake. */
export const refusedRequests: readonly RefusedRequest[] = [
	refused("no user", { ...message, user_id: undefined }),
	refused("a user that is no number", { ...message, user_id: "chair" }),
	refused("a user beyond 32 bits", { ...message, user_id: 2 ** 31 }),
	refused("an unknown role", { ...message, role: "system" }),
	refused("an empty message", { ...message, content: "" }),
	refused("an empty conversation id", { ...message, session_id: "" }),
	refused("a long conversation id", {
		...message,
		conversation_id: "x".repeat(51),
	}),
	{
		title: "a body that is no JSON",
		request: { ...post(storePath, {}), body: '{"user_id":' },
		status: 422,
	},
	{
		title: "a body that is not said to be JSON",
		request: {
			...post(storePath, message),
			headers: { "content-type": "text/plain" },
		},
		status: 422,
	},
];

/** Requests that chat-history refuses, stricter than the original. */
export const refusedByRewrites: readonly RefusedRequest[] = [
	refused("blanks around a conversation id", { ...message, session_id: " x" }),
	refused("half a character", { ...message, content: "\ud83d" }),
	refused("half a character in an id", { ...message, session_id: "\ud83d" }),
	refused("a message of 65,536 bytes", {
		...message,
		content: `${"北".repeat(21_845)}x`,
	}),
];

function post(target: string, body: object): BenchRequest {
	return {
		method: "POST",
		target,
		headers: { "content-type": "application/json" },
		body: JSON.stringify(body),
	};
}

function refused(title: string, body: object): RefusedRequest {
	return { title, request: post(storePath, body), status: 422 };
}
