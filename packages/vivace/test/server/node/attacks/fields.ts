import { type Attack, get, hidden, host, length3, post } from "./attack.ts";

/** Header fields (RFC 9112 §5), `Connection`, `Expect` and `Upgrade`. */
export const fields: readonly Attack[] = [
	[
		"a folded field (obs-fold)",
		get("GET / HTTP/1.1", `${host}X: 1\r\n 2\r\n`),
		400,
	],
	[
		"a first field that begins with a blank",
		get("GET / HTTP/1.1", ` X: 1\r\n${host}`),
		400,
	],
	["a field without a colon", get("GET / HTTP/1.1", `${host}X\r\n`), 400],
	["a field without a name", get("GET / HTTP/1.1", `${host}: 1\r\n`), 400],
	["a name with a blank", get("GET / HTTP/1.1", `${host}X Y: 1\r\n`), 400],
	["a blank before the colon", get("GET / HTTP/1.1", `${host}X : 1\r\n`), 400],
	["a name with a NUL", get("GET / HTTP/1.1", `${host}X\0: 1\r\n`), 400],
	[
		"a name with bytes above 127",
		get("GET / HTTP/1.1", `${host}\xe4: 1\r\n`),
		400,
	],
	["a name in brackets", get("GET / HTTP/1.1", `${host}(X): 1\r\n`), 400],
	["a value with a NUL", get("GET / HTTP/1.1", `${host}X: a\0b\r\n`), 400],
	["a value with a bare CR", get("GET / HTTP/1.1", `${host}X: a\rb\r\n`), 400],
	[
		"a value with a control character",
		get("GET / HTTP/1.1", `${host}X: a\x01b\r\n`),
		400,
	],
	[
		"a value with bytes above 127",
		get("GET / HTTP/1.1", `${host}X: \xe4\r\n`),
		"GET / ",
		"open",
	],
	["an empty value", get("GET / HTTP/1.1", `${host}X:\r\n`), "GET / ", "open"],
	["bare LFs for line ends", "GET / HTTP/1.1\nHost: a\n\n", 400],
	["a bare LF behind a field", `GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n`, 400],
	["a bare LF for the empty line", `GET / HTTP/1.1\r\n${host}\n`, 400],
	["a bare CR for the empty line", `GET / HTTP/1.1\r\n${host}\r${hidden}`, 400],
	[
		"a field of 20,000 bytes",
		get("GET / HTTP/1.1", `${host}X: ${"x".repeat(20_000)}\r\n`),
		431,
	],
	[
		"a name of 20,000 bytes",
		get("GET / HTTP/1.1", `${host}${"x".repeat(20_000)}: 1\r\n`),
		431,
	],
	[
		"22,000 bytes in many fields",
		get("GET / HTTP/1.1", host + "X: 1234567890\r\n".repeat(2000)),
		431,
	],
	[
		"500 fields",
		get("GET / HTTP/1.1", host + "X:1\r\n".repeat(500)),
		"GET / ",
		"open",
	],
	[
		"fields that mean a prototype",
		get("GET / HTTP/1.1", `${host}__proto__: 1\r\nconstructor: 2\r\n`),
		"GET / ",
		"open",
	],
	[
		"Connection: close",
		get("GET / HTTP/1.1", `${host}Connection: close\r\n`),
		"GET / ",
	],
	[
		"Connection: a list with close",
		get("GET / HTTP/1.1", `${host}Connection: x, close\r\n`),
		"GET / ",
	],
	[
		"Connection: Host, which is no hop's",
		get("GET / HTTP/1.1", `${host}Connection: Host\r\n`),
		"GET / ",
		"open",
	],
	[
		"HTTP/1.0 that would stay",
		get("GET / HTTP/1.0", `${host}Connection: keep-alive\r\n`),
		"GET / ",
		"open",
	],
	[
		"Expect that nobody knows",
		get("GET / HTTP/1.1", `${host}Expect: tea\r\n`),
		417,
	],
	[
		"Expect: 100-continue without a body",
		get("GET / HTTP/1.1", `${host}Expect: 100-continue\r\n`),
		100,
		"GET / ",
		"open",
	],
	[
		"Expect: 100-continue with a body",
		post(`${length3}Expect: 100-continue\r\n`, "abc"),
		100,
		"POST / abc",
		"open",
	],
	[
		"Expect: 100-continue in HTTP/1.0",
		`POST / HTTP/1.0\r\n${host}${length3}Expect: 100-continue\r\n\r\nabc`,
		"POST / abc",
	],
	[
		"Upgrade to websocket without a key",
		get(
			"GET / HTTP/1.1",
			`${host}Connection: Upgrade\r\nUpgrade: websocket\r\n`,
		),
		400,
	],
	[
		"Upgrade to h2c",
		get(
			"GET / HTTP/1.1",
			`${host}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n`,
		),
		"GET / ",
	],
	[
		"Upgrade of a POST with a body",
		post(`${length3}Connection: Upgrade\r\nUpgrade: x\r\n`, "abc"),
		// its body is lost there, so that it is refused
		/^v24\.[5-8]\./.test(process.version) ? 501 : "POST / abc",
	],
];
