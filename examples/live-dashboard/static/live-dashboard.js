const shownMs = 120_000;
const width = 480;
const height = 170;
const frame = { left: 44, right: 8, top: 10, bottom: 22 };
const colors = [
	"#2f7de1",
	"#e2711d",
	"#2a9d5c",
	"#c13fb5",
	"#c9a227",
	"#5e60ce",
];
const charts = [
	{ name: "cpuPercent", title: "Processor", unit: "%" },
	{ name: "memoryMb", title: "Memory", unit: "MB" },
	{ name: "delayMs", title: "Event loop delay", unit: "ms" },
	{ name: "requestsPerSecond", title: "Requests", unit: "/s" },
];
const pauseMs = 1000;

const find = (id) => document.getElementById(id);

/** The figures by process. */
const lines = new Map();
let lastId;
/** Ends the connection that is there. */
let leave = () => {};

const outputs = new Map(charts.map((chart) => [chart.name, addChart(chart)]));
find("way").addEventListener("change", connect);
connect();

function connect() {
	leave();
	find("state").textContent = "connecting …";
	leave = find("way").value === "socket" ? bySocket() : byEvents();
}

/** A browser comes back by itself, with the id of its last event. Where it gives up, or for a new one, all that is kept comes again. */
function byEvents() {
	const source = new EventSource("/figures");
	let isWanted = true;
	let isBegun = false;
	source.addEventListener("open", () => {
		find("state").textContent = "live";
	});
	source.addEventListener("error", () => {
		find("state").textContent = "connecting …";
		if (source.readyState === EventSource.CLOSED) {
			setTimeout(() => isWanted && connect(), pauseMs);
		}
	});
	source.addEventListener("figures", ({ data, lastEventId }) => {
		isBegun = true;
		take(JSON.parse(data), lastEventId);
	});
	source.addEventListener("gap", () => tellGap(isBegun));
	return () => {
		isWanted = false;
		source.close();
	};
}

function bySocket() {
	const isBegun = lastId !== undefined;
	const query = isBegun ? `?from=${encodeURIComponent(lastId)}` : "";
	const socket = new WebSocket(
		`${location.origin.replace(/^http/, "ws")}/figures${query}`,
	);
	let isWanted = true;
	socket.addEventListener("open", () => {
		find("state").textContent = "live";
	});
	socket.addEventListener("message", ({ data }) => {
		const event = JSON.parse(data);
		if (event.kind === "figures") {
			take(event.figures, event.id);
		} else {
			tellGap(isBegun);
		}
	});
	socket.addEventListener("close", () => {
		if (isWanted) {
			find("state").textContent = "connecting …";
			setTimeout(() => isWanted && connect(), pauseMs);
		}
	});
	return () => {
		isWanted = false;
		socket.close();
	};
}

/** Who begins has missed nothing. */
function tellGap(isBegun) {
	find("gap").hidden &&= !isBegun;
}

function take(figures, id) {
	lastId = id;
	const at = Date.parse(figures.at);
	const line = lines.get(figures.process) ?? [];
	if (!lines.has(figures.process)) {
		lines.set(figures.process, line);
		addProcess(figures.process);
	}
	if (line.length > 0 && at <= line.at(-1).at) {
		return; // it is here already
	}
	line.push({ ...figures, at });
	draw();
}

let isDrawing = false;

function draw() {
	if (isDrawing) {
		return;
	}
	isDrawing = true;
	requestAnimationFrame(() => {
		isDrawing = false;
		const end = Math.max(
			...[...lines.values()].map((line) => line.at(-1)?.at ?? 0),
		);
		for (const line of lines.values()) {
			while (line.length > 1 && line[1].at < end - shownMs) {
				line.shift();
			}
		}
		for (const chart of charts) {
			drawChart(chart, end);
		}
	});
}

function drawChart({ name, unit }, end) {
	const { svg, output } = outputs.get(name);
	const all = [...lines.values()].flat().map((figures) => figures[name]);
	const top = niceAbove(Math.max(1, ...all));
	const x = (at) =>
		frame.left +
		(1 - (end - at) / shownMs) * (width - frame.left - frame.right);
	const y = (value) =>
		height - frame.bottom - (value / top) * (height - frame.top - frame.bottom);
	const grid = [0, top / 2, top].flatMap((value) => [
		make("line", {
			class: "grid",
			x1: frame.left,
			x2: width - frame.right,
			y1: y(value),
			y2: y(value),
		}),
		make(
			"text",
			{ x: frame.left - 6, y: y(value) + 4, "text-anchor": "end" },
			String(value),
		),
	]);
	const times = [
		make("text", { x: frame.left, y: height - 5 }, "2 min ago"),
		make(
			"text",
			{ x: width - frame.right, y: height - 5, "text-anchor": "end" },
			"now",
		),
	];
	const drawn = [...lines.values()].map((line, index) =>
		make("polyline", {
			stroke: colors[index % colors.length],
			points: line
				.filter(({ at }) => at >= end - shownMs)
				.map(
					(figures) =>
						`${x(figures.at).toFixed(1)},${y(figures[name]).toFixed(1)}`,
				)
				.join(" "),
		}),
	);
	svg.replaceChildren(...grid, ...times, ...drawn);
	output.textContent = [...lines.values()]
		.map((line) => `${line.at(-1)?.[name] ?? "–"} ${unit}`)
		.join(" · ");
}

/** 1, 2 or 5 with zeros. */
function niceAbove(value) {
	const power = 10 ** Math.floor(Math.log10(value));
	return [1, 2, 5, 10]
		.map((step) => step * power)
		.find((step) => step >= value);
}

function addChart({ name, title }) {
	const figure = document.createElement("figure");
	const caption = document.createElement("figcaption");
	const output = document.createElement("output");
	output.id = name;
	output.textContent = "–";
	const svg = make("svg", {
		class: "chart",
		viewBox: `0 0 ${width} ${height}`,
		role: "img",
		"aria-label": `${title} in the last two minutes`,
	});
	caption.append(title, output);
	figure.append(caption, svg);
	find("charts").append(figure);
	return { svg, output };
}

function addProcess(name) {
	const item = document.createElement("li");
	const mark = make("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" });
	mark.append(
		make("circle", {
			cx: 5,
			cy: 5,
			r: 5,
			fill: colors[(lines.size - 1) % colors.length],
		}),
	);
	item.append(mark, name);
	find("processes").append(item);
}

function make(name, attributes, text = "") {
	const element = document.createElementNS("http://www.w3.org/2000/svg", name);
	for (const [key, value] of Object.entries(attributes)) {
		element.setAttribute(key, value);
	}
	element.textContent = text;
	return element;
}
