import assert from "node:assert/strict";
import { join } from "node:path";
import { suite, test } from "node:test";
import { serve } from "vivace";
import { TestClient } from "vivace/testing";
import { z } from "zod";
import {
	chromiumMissing,
	startChromium,
} from "../../../packages/vivace/test/support/chromium.ts";
import { RedisServer } from "../../../packages/vivace/test/support/redis.ts";
import { liveDashboard } from "../app.ts";
import { Figures, Meter } from "../figures.ts";

const log = { info() {}, warn() {}, error: console.error };
const everyMs = 10;

const Told = z.object({
	kind: z.enum(["figures", "gap"]),
	id: z.string().optional(),
	figures: z.object({ process: z.string(), at: z.string() }).optional(),
});

/** The ids of the next figures that a socket tells; `(gap)` for a gap. */
async function idsBySocket(
	client: TestClient,
	from: string | undefined,
	count: number,
): Promise<string[]> {
	const query = from === undefined ? "" : `?from=${encodeURIComponent(from)}`;
	await using socket = await client.websocket(`/figures${query}`);
	const ids: string[] = [];
	while (ids.length < count) {
		const { id } = await socket.receiveJson(Told);
		ids.push(id ?? "(gap)");
	}
	return ids;
}

/** The same by server-sent events. */
async function idsByEvents(
	url: string,
	from: string | undefined,
	count: number,
): Promise<string[]> {
	const response = await fetch(`${url}/figures`, {
		headers: from === undefined ? {} : { "last-event-id": from },
	});
	assert.equal(
		response.headers.get("content-type"),
		"text/event-stream; charset=utf-8",
	);
	let text = "";
	for await (const chunk of response.body ?? []) {
		text += new TextDecoder().decode(chunk);
		const blocks = text.split("\n\n").slice(0, -1);
		if (blocks.length >= count) {
			assert.match(blocks[0] ?? "", /^data: ./m); // browsers drop what has no data
			return blocks
				.slice(0, count)
				.map((block) => /^id: (.*)$/m.exec(block)?.[1] ?? "(gap)");
		}
	}
	throw new Error("the stream has ended");
}

/** The ids of the next figures behind an id. */
type ReadIds = (from: string | undefined, count: number) => Promise<string[]>;

async function assertResumed(read: ReadIds): Promise<void> {
	const [gap, first = "", second = "", third] = await read(undefined, 4);
	assert.equal(gap, "(gap)");
	assert.equal(new Set([first, second, third]).size, 3);
	assert.deepEqual(await read(first, 2), [second, third]);
	assert.deepEqual(await read(undefined, 2), ["(gap)", first]);
	assert.equal((await read("made up", 1))[0], "(gap)");
}

suite("the figures", () => {
	test("come by a socket, those that are kept first, and go on behind an id", async () => {
		await using client = await TestClient.start(liveDashboard({ everyMs }));
		await assertResumed((from, count) => idsBySocket(client, from, count));
	});

	test("come by server-sent events in the same way", async () => {
		const app = liveDashboard({ everyMs });
		await using server = await serve(app, { port: 0, signals: false, log });
		await assertResumed((from, count) => idsByEvents(server.url, from, count));
	});

	test("are those of the interval, in plain units", () => {
		using meter = new Meter();
		meter.countRequest();
		const busyUntilMs = performance.now() + 30;
		while (performance.now() < busyUntilMs) {
			// the processor works
		}
		const figures = Figures.parse(meter.read());
		assert.ok(figures.cpuPercent > 0);
		assert.ok(figures.memoryMb > 1 && figures.memoryMb < 100_000);
		assert.ok(figures.requestsPerSecond > 0);
		assert.equal(meter.read().requestsPerSecond, 0);
	});
});

test("processes that share a Redis show each other's figures", {
	skip: RedisServer.missing ?? false,
}, async () => {
	await using redis = await RedisServer.start();
	const settings = { everyMs, redisUrl: redis.url };
	await using one = await TestClient.start(liveDashboard(settings));
	const [, first] = await idsBySocket(one, undefined, 2);
	await one.close();
	await using other = await TestClient.start(
		liveDashboard({ ...settings, everyMs: 1_000_000 }),
	);
	assert.deepEqual(await idsBySocket(other, undefined, 2), ["(gap)", first]);
});

test("the page draws the figures by either way, on a wide and on a narrow screen", {
	skip: chromiumMissing ?? false,
}, async () => {
	const server = await serve(liveDashboard({ everyMs: 100 }), {
		port: 0,
		signals: false,
		log,
	});
	try {
		await using browser = await startChromium();
		for (const [name, viewport] of [
			["desktop", { width: 1200, height: 800 }],
			["phone", { width: 375, height: 667 }],
		] as const) {
			const context = await browser.newContext({ viewport, locale: "en-GB" });
			const page = await context.newPage();
			const foreign: string[] = [];
			const failures: Error[] = [];
			page.on("pageerror", (error) => failures.push(error));
			page.on("request", (request) => {
				if (
					!request.url().startsWith(server.url) &&
					!request.url().startsWith("data:")
				) {
					foreign.push(request.url());
				}
			});
			await page.goto(server.url);
			const points = () =>
				page
					.getByRole("img", { name: /^Memory/ })
					.locator("polyline")
					.getAttribute("points");
			const drawn = async (count: number) => {
				for (;;) {
					const text = await points();
					if ((text?.split(" ").length ?? 0) >= count) {
						return;
					}
					await page.evaluate("new Promise(requestAnimationFrame)");
				}
			};
			await drawn(10);
			await page.getByLabel("by").selectOption("socket");
			await page.getByRole("status").getByText("live").waitFor();
			const before = (await points())?.split(" ").length ?? 0;
			await drawn(before + 5);
			assert.match(await page.locator("#memoryMb").innerText(), /^[\d.]+ MB$/);
			assert.equal(await page.locator("#gap").isVisible(), false);
			const isWider = await page.evaluate(
				"document.documentElement.scrollWidth > innerWidth",
			);
			assert.equal(isWider, false, `${name}: the page is too wide`);
			const folder = process.env.VIVACE_PICTURES;
			if (folder !== undefined) {
				const path = join(folder, `live-dashboard-${name}.png`);
				await page.screenshot({ path });
			}
			assert.deepEqual(foreign, []);
			assert.deepEqual(failures, []);
			await context.close();
		}
	} finally {
		await server.close();
	}
});
