import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { z } from "zod";
import { Program } from "./program.ts";

const folder = join(import.meta.dirname, "..");
const root = join(folder, "../..");
const sign = readFileSync(join(import.meta.dirname, "sign.png"));
const signText = "One load, many requests\nVivace 2026\nTotal: 1,234.50 EUR";

const Reading = z.strictObject({
	text: z.string(),
	lines: z.array(
		z.strictObject({
			text: z.string(),
			confidence: z.number(),
			box: z.strictObject({
				x: z.int(),
				y: z.int(),
				width: z.int(),
				height: z.int(),
			}),
		}),
	),
});

let program: Program;
let sharp: typeof import("sharp").default;

before(async () => {
	install();
	sharp = (await import("sharp")).default;
	program = new Program();
	await program.listens();
});

after(() => program[Symbol.asyncDispose]());

test("the example is typed", () => {
	execFileSync(join(root, "node_modules/.bin/tsc"), ["--project", folder], {
		stdio: "inherit",
	});
});

test("nothing that is installed runs a script, whichever version npm has", () => {
	assert.match(
		readFileSync(join(folder, ".npmrc"), "utf8"),
		/^ignore-scripts=true$/m,
	);
});

test("the text of a picture is read, each line with its place", async () => {
	const response = await predict(sign, "image/png");
	assert.equal(response.status, 200);
	const { text, lines } = await reading(response);
	assert.equal(text, signText);
	for (const { confidence, box } of lines) {
		assert.ok(confidence > 0.9 && confidence <= 1, `${confidence}`);
		assert.ok(box.x >= 20 && box.x <= 40, `${box.x}`); // the picture's left margin is 32 pixels
	}
	const tops = lines.map(({ box }) => box.y);
	assert.deepEqual(
		tops,
		tops.toSorted((a, b) => a - b),
	);
});

test("a JPEG that lies on its side is turned as its EXIF says", async () => {
	const picture = await sharp(sign)
		.rotate(-90)
		.withMetadata({ orientation: 6 })
		.jpeg({ quality: 95 })
		.toBuffer();
	const response = await predict(picture, "image/jpeg");
	assert.equal((await reading(response)).text, signText);
});

test("a picture without text is answered with no lines", async () => {
	const response = await predict(await blank(300, 200), "image/png");
	assert.equal(response.status, 200);
	assert.deepEqual(await response.json(), { text: "", lines: [] });
});

test("what is no picture is refused with a reason", async () => {
	const wrongType =
		"Send the picture as the body, with the content type image/png or image/jpeg";
	const damaged = "The picture is no PNG or JPEG, or it is damaged";
	const svg = Buffer.from(
		'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
	);
	const cases: [string, Uint8Array, string | undefined, number, string][] = [
		["no body and no type", new Uint8Array(), undefined, 415, wrongType],
		["no body", new Uint8Array(), "image/png", 400, "The body is empty"],
		["JSON", Buffer.from("{}"), "application/json", 415, wrongType],
		["another format", sign, "image/webp", 415, wrongType],
		["text", Buffer.from("hello"), "image/png", 422, damaged],
		["half a picture", sign.subarray(0, 5000), "image/png", 422, damaged],
		["SVG under another name", svg, "image/png", 422, damaged],
		[
			"too many bytes",
			Buffer.alloc(5 * 1024 * 1024 + 1),
			"image/png",
			413,
			"Request body too large",
		],
		[
			"too many pixels",
			await blank(5000, 4000),
			"image/png",
			422,
			"The picture has 5000 × 4000 pixels; at most 16000000 are read",
		],
	];
	for (const [name, body, type, status, detail] of cases) {
		const response = await predict(body, type);
		assert.equal(response.status, status, name);
		assert.deepEqual(await response.json(), { detail }, name);
	}
});

test("the model is loaded once for many requests at the same time", async () => {
	const answers = await Promise.all(
		Array.from({ length: 20 }, async () => {
			const response = await predict(sign, "image/png");
			return (await reading(response)).text;
		}),
	);
	assert.deepEqual(answers, Array(20).fill(signText));
	assert.equal(program.output.match(/model: loading/g)?.length, 1);
	assert.equal(program.output.match(/model: loaded/g)?.length, 1);
	assert.ok(
		program.output.indexOf("model: loaded") <
			program.output.indexOf("listening on"),
		"loaded before the first request",
	);
});

test("while a picture is read, other requests are answered", async () => {
	let isRead = false;
	const reading = predict(sign, "image/png").finally(() => {
		isRead = true;
	});
	let answeredCount = 0;
	while (!isRead) {
		const response = await fetch(`${await program.listens()}/openapi.json`);
		assert.equal(response.status, 200);
		await response.arrayBuffer();
		if (!isRead) {
			answeredCount++;
		}
	}
	assert.equal((await reading).status, 200);
	// a process that reads the picture itself answers one or two: those that came before it began
	assert.ok(answeredCount >= 5, `${answeredCount}`);
});

test("what was accepted before SIGTERM is answered, then the model is released", async () => {
	await using stopped = new Program();
	await stopped.listens();
	const answers = Array.from({ length: 5 }, () =>
		predict(sign, "image/png", stopped),
	);
	await stopped.writes(/picture 5: accepted/);
	stopped.kill("SIGTERM");
	for (const response of await Promise.all(answers)) {
		assert.equal(response.status, 200);
		assert.equal((await reading(response)).text, signText);
	}
	assert.equal(await stopped.ended, 0, stopped.output);
	const order = [
		"model: loaded",
		"picture 5: accepted",
		"Vivace is stopping (SIGTERM)",
		"picture 5: 3 lines",
		"model: released after 5 pictures",
		"Vivace has stopped",
	];
	const places = order.map((line) => stopped.output.indexOf(line));
	assert.ok(!places.includes(-1), stopped.output);
	assert.deepEqual(
		places,
		places.toSorted((a, b) => a - b),
		stopped.output,
	);
});

test("SIGTERM while the model is loading ends the process cleanly", async () => {
	await using stopped = new Program();
	await stopped.writes(/model: loading/);
	stopped.kill("SIGTERM");
	const code = await stopped.ended;
	// by its own will: 1, or 0 where the signal came when all was ready already
	assert.ok(code === 0 || code === 1, `${code}: ${stopped.output}`);
	assert.match(stopped.output, /told to stop|has stopped/);
});

/** The example stands outside the workspace, so that nobody waits for its large packages who does not want it. */
function install(): void {
	execFileSync(process.execPath, [join(root, "scripts/install.mjs"), folder], {
		stdio: "inherit",
	});
}

async function predict(
	body: Uint8Array,
	type: string | undefined,
	at: Program = program,
): Promise<Response> {
	return await fetch(`${await at.listens()}/predict`, {
		method: "POST",
		headers: type === undefined ? {} : { "content-type": type },
		body: new Uint8Array(body),
	});
}

async function reading(response: Response): Promise<z.infer<typeof Reading>> {
	return Reading.parse(await response.json());
}

/** A white PNG of a few kilobytes. */
async function blank(width: number, height: number): Promise<Buffer> {
	const create = { width, height, channels: 3, background: "white" } as const;
	return await sharp({ create }).png().toBuffer();
}
