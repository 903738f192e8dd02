const find = (id) => document.getElementById(id);

/** Close codes that another try would meet again: a handshake that was refused has 1006, as a lost connection. */
const finalCodes = new Set([4409]);
const firstPauseMs = 250;
const longestPauseMs = 8000;

/** Who this window is, also after it was loaded again. */
const person =
	sessionStorage.getItem("person") ?? crypto.randomUUID?.() ?? uuid();
sessionStorage.setItem("person", person);

let socket;
let lastId;
let pauseMs = firstPauseMs;

find("name").value = sessionStorage.getItem("name") ?? "";
find("room").value = decodeURIComponent(location.hash.slice(1)) || "lobby";

find("enter").addEventListener("submit", (event) => {
	event.preventDefault();
	sessionStorage.setItem("name", find("name").value.trim());
	location.hash = encodeURIComponent(find("room").value);
	find("title").textContent = find("room").value;
	find("refusal").textContent = "";
	find("messages").replaceChildren();
	lastId = undefined;
	show("talk");
	connect();
	find("text").focus();
});

find("say").addEventListener("submit", (event) => {
	event.preventDefault();
	if (socket?.readyState === WebSocket.OPEN) {
		socket.send(JSON.stringify({ text: find("text").value }));
		find("text").value = "";
	}
});

function connect() {
	const query = new URLSearchParams({
		name: find("name").value.trim(),
		person,
		...(lastId !== undefined && { from: lastId }),
	});
	const address = `${location.origin.replace(/^http/, "ws")}/rooms/${encodeURIComponent(find("room").value)}?${query}`;
	find("state").textContent = "connecting …";
	socket = new WebSocket(address);
	socket.addEventListener("open", () => {
		pauseMs = firstPauseMs;
		find("state").textContent = "live";
	});
	socket.addEventListener("message", ({ data }) => take(JSON.parse(data)));
	socket.addEventListener("close", ({ code, reason }) => {
		if (finalCodes.has(code)) {
			find("refusal").textContent = `You can't enter: ${reason}.`;
			show("enter");
			return;
		}
		find("state").textContent = "connecting …";
		setTimeout(connect, pauseMs * (0.75 + Math.random() / 2));
		pauseMs = Math.min(2 * pauseMs, longestPauseMs);
	});
}

function take(event) {
	if (event.kind === "people") {
		const names = event.names.toSorted((a, b) => a.localeCompare(b));
		find("people").textContent = `${names.length} here: ${names.join(", ")}`;
	} else if (event.kind === "message") {
		lastId = event.id;
		const item = document.createElement("li");
		item.classList.toggle("mine", event.name === find("name").value.trim());
		const head = document.createElement("small");
		const time = new Date(event.at);
		head.textContent = `${event.name} · ${time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`;
		item.append(head, event.text);
		append(item);
	} else if (event.kind === "gap") {
		const item = document.createElement("li");
		item.className = "gap";
		item.textContent = "some messages may be missing here";
		append(item);
	} else {
		find("state").textContent = event.detail[0].msg;
	}
}

function append(item) {
	const list = find("messages");
	const isAtEnd = list.scrollTop + list.clientHeight > list.scrollHeight - 40;
	list.append(item);
	if (isAtEnd || item.classList.contains("mine")) {
		item.scrollIntoView({ block: "end" });
	}
}

function show(id) {
	find("enter").hidden = id !== "enter";
	find("talk").hidden = id !== "talk";
}

/** Where the page does not come over HTTPS or from this machine, browsers have no `randomUUID`. */
function uuid() {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	bytes[6] = (bytes[6] & 0x0f) | 0x40;
	bytes[8] = (bytes[8] & 0x3f) | 0x80;
	const hex = Array.from(bytes, (byte) =>
		byte.toString(16).padStart(2, "0"),
	).join("");
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
