import type { InferenceSession } from "onnxruntime-node";
import { type Box, type Picture, scaledPart, toTensor } from "./picture.ts";

/** The longest side that the model is given, in pixels; its sides are multiples of 32. */
const longestSide = 960;
const isTextFrom = 0.3;
const meanFrom = 0.6;
/** The model marks the core of a line; its letters reach this much beyond, as a ratio of area to circumference. */
const growth = 1.6;
const smallestSide = 3;

/** Where the lines of text of a picture are, from top to bottom. */
export async function findLines(
	session: InferenceSession,
	picture: Picture,
): Promise<Box[]> {
	const scale = Math.min(
		1,
		longestSide / Math.max(picture.width, picture.height),
	);
	const width = toMultiple(picture.width * scale);
	const height = toMultiple(picture.height * scale);
	const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
	const scaled = await scaledPart(picture, whole, { width, height });
	const input = toTensor(scaled, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
	const output = await session.run({ [session.inputNames[0] ?? ""]: input });
	const map = output[session.outputNames[0] ?? ""]?.data as Float32Array; // a plane of probabilities
	return findCores(map, width)
		.filter((core) => meanOf(map, width, core) >= meanFrom)
		.filter((core) => Math.min(core.width, core.height) >= smallestSide)
		.map((core) => grow(core))
		.map((box) => rescale(box, picture.width / width, picture.height / height))
		.map((box) => clip(box, picture))
		.sort(byPlace);
}

function toMultiple(length: number): number {
	return Math.max(32, 32 * Math.round(length / 32));
}

/** The boxes around the connected regions of a map of probabilities that are likely text. */
export function findCores(map: Float32Array, width: number): Box[] {
	const isSeen = new Uint8Array(map.length);
	const cores: Box[] = [];
	for (let start = 0; start < map.length; start++) {
		if (isSeen[start] === 0 && (map[start] as number) >= isTextFrom) {
			cores.push(boxOfRegion(map, width, isSeen, start));
		}
	}
	return cores;
}

function boxOfRegion(
	map: Float32Array,
	width: number,
	isSeen: Uint8Array,
	start: number,
): Box {
	let [left, right, top, bottom] = [width, 0, Number.POSITIVE_INFINITY, 0];
	const open = [start];
	isSeen[start] = 1;
	for (let at = open.pop(); at !== undefined; at = open.pop()) {
		const x = at % width;
		const y = (at - x) / width;
		left = Math.min(left, x);
		right = Math.max(right, x);
		top = Math.min(top, y);
		bottom = Math.max(bottom, y);
		for (const next of [
			x > 0 ? at - 1 : at,
			x < width - 1 ? at + 1 : at,
			at - width,
			at + width,
		]) {
			if (isSeen[next] === 0 && (map[next] as number) >= isTextFrom) {
				isSeen[next] = 1;
				open.push(next);
			}
		}
	}
	return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

function meanOf(map: Float32Array, width: number, box: Box): number {
	let sum = 0;
	for (let y = box.y; y < box.y + box.height; y++) {
		for (let x = box.x; x < box.x + box.width; x++) {
			sum += map[y * width + x] as number;
		}
	}
	return sum / (box.width * box.height);
}

function grow({ x, y, width, height }: Box): Box {
	const by = (growth * width * height) / (2 * (width + height));
	return {
		x: x - by,
		y: y - by,
		width: width + 2 * by,
		height: height + 2 * by,
	};
}

function rescale(box: Box, x: number, y: number): Box {
	return {
		x: box.x * x,
		y: box.y * y,
		width: box.width * x,
		height: box.height * y,
	};
}

/** The whole pixels of a box that are within the picture. */
function clip(box: Box, picture: Picture): Box {
	const x = Math.max(0, Math.floor(box.x));
	const y = Math.max(0, Math.floor(box.y));
	return {
		x,
		y,
		width: Math.min(picture.width, Math.ceil(box.x + box.width)) - x,
		height: Math.min(picture.height, Math.ceil(box.y + box.height)) - y,
	};
}

/** In the order in which they are read: from top to bottom, in one row from left to right. */
function byPlace(a: Box, b: Box): number {
	const overlap = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
	const isSameRow = overlap > Math.min(a.height, b.height) / 2;
	return isSameRow ? a.x - b.x : a.y - b.y;
}
