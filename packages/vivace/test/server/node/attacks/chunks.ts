import {
	type Attack,
	abc,
	chunked,
	get,
	hidden,
	host,
	length3,
	post,
} from "./attack.ts";

/** Chunks (RFC 9112 §7.1). */
export const chunks: readonly Attack[] = [
	[
		"several",
		post(chunked, "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"),
		"POST / abc",
		"open",
	],
	[
		"noughts before a size",
		post(chunked, "0003\r\nabc\r\n0\r\n\r\n"),
		"POST / abc",
		"open",
	],
	[
		"sizes in letters",
		post(chunked, "A\r\n0123456789\r\n0\r\n\r\n"),
		"POST / 0123456789",
		"open",
	],
	[
		"an extension",
		post(chunked, "3;a=b\r\nabc\r\n0\r\n\r\n"),
		"POST / abc",
		"open",
	],
	[
		"an extension in quotes",
		post(chunked, '3;a="b;c"\r\nabc\r\n0\r\n\r\n'),
		"POST / abc",
		"open",
	],
	["an extension with a bare LF", post(chunked, "3;a\nabc\r\n0\r\n\r\n"), 400],
	[
		"an extension of 20,000 bytes",
		post(chunked, `3;${"a".repeat(20_000)}\r\nabc\r\n0\r\n\r\n`),
		413,
	],
	[
		"a short extension of each of many",
		post(chunked, `${"1;aaaaaaaaaaaaaaa\r\na\r\n".repeat(1500)}0\r\n\r\n`),
		`POST / ${"a".repeat(1500)}`,
		"open",
	],
	["no size", post(chunked, "\r\nabc\r\n0\r\n\r\n"), 400],
	["a size that is none", post(chunked, "xyz\r\nabc\r\n"), 400],
	["a negative size", post(chunked, "-3\r\nabc\r\n0\r\n\r\n"), 400],
	["a size with a sign", post(chunked, "+3\r\nabc\r\n0\r\n\r\n"), 400],
	["a size with 0x", post(chunked, "0x3\r\nabc\r\n0\r\n\r\n"), 400],
	[
		"a size with a blank behind it",
		post(chunked, "3 \r\nabc\r\n0\r\n\r\n"),
		400,
	],
	["a size beyond 64 bits", post(chunked, "fffffffffffffffff\r\nabc"), 400],
	[
		"more than the limit",
		post(chunked, `f4241\r\n${"a".repeat(1_000_001)}`),
		413,
	],
	["less than the size says", post(chunked, "4\r\nabc\r\n0\r\n\r\n"), 400],
	["more than the size says", post(chunked, "2\r\nabc\r\n0\r\n\r\n"), 400],
	["a bare LF behind a size", post(chunked, "3\nabc\r\n0\r\n\r\n"), 400],
	["a bare LF behind a chunk", post(chunked, "3\r\nabc\n0\r\n\r\n"), 400],
	["a bare CR behind a size", post(chunked, "3\rabc\r\n0\r\n\r\n"), 400],
	["a bare LF at the end", post(chunked, "3\r\nabc\r\n0\r\n\n"), 400],
	[
		"trailers",
		post(chunked, "3\r\nabc\r\n0\r\nX: 1\r\n\r\n"),
		"POST / abc",
		"open",
	],
	[
		"trailers that are about the message",
		post(chunked, `3\r\nabc\r\n0\r\nHost: b\r\nAuthorization: c\r\n\r\n`),
		"POST / abc",
		"open",
	],
	[
		"a trailer with a length",
		post(chunked, "3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n"),
		400,
	],
	[
		"a trailer with a coding",
		post(chunked, "3\r\nabc\r\n0\r\nTransfer-Encoding: x\r\n\r\n"),
		400,
	],
	[
		"a trailer that is no field",
		post(chunked, "3\r\nabc\r\n0\r\nX\r\n\r\n"),
		400,
	],
	[
		"a trailer with a NUL",
		post(chunked, "3\r\nabc\r\n0\r\nX: \0\r\n\r\n"),
		400,
	],
	[
		"a folded trailer",
		post(chunked, "3\r\nabc\r\n0\r\nX: 1\r\n 2\r\n\r\n"),
		400,
	],
	[
		"a trailer of 20,000 bytes",
		post(chunked, `3\r\nabc\r\n0\r\nX: ${"x".repeat(20_000)}\r\n\r\n`),
		431,
	],
	[
		"a request behind the last",
		post(chunked, abc + hidden),
		"POST / abc",
		"GET /hidden ",
		"open",
	],
];

/** Several requests on one connection (RFC 9112 §9.3). */
export const pipelines: readonly Attack[] = [
	[
		"three requests",
		get("GET /1 HTTP/1.1") + get("GET /2 HTTP/1.1") + get("GET /3 HTTP/1.1"),
		"GET /1 ",
		"GET /2 ",
		"GET /3 ",
		"open",
	],
	[
		"a body and a request",
		post(length3, `abc${hidden}`),
		"POST / abc",
		"GET /hidden ",
		"open",
	],
	[
		"a line end too much between two",
		`${post(length3, "abc")}\r\n${hidden}`,
		"POST / abc",
		"GET /hidden ",
		"open",
	],
	[
		"what is no HTTP behind one",
		`${get("GET / HTTP/1.1")}GARBAGE\r\n\r\n`,
		"GET / ",
		400,
	],
	[
		"what is no HTTP behind a body",
		post(length3, "abcGARBAGE\r\n\r\n"),
		"POST / abc",
		400,
	],
	[
		"a wrong one between two",
		`${get("GET /1 HTTP/1.1")}${get("GET /2 HTTP/1.1", "")}${hidden}`,
		"GET /1 ",
		400,
	],
	[
		"one behind Connection: close",
		get("GET / HTTP/1.1", `${host}Connection: close\r\n`) + hidden,
		"GET / ",
	],
	["one behind HTTP/1.0", get("GET / HTTP/1.0") + hidden, "GET / "],
	[
		"one behind two lengths",
		post("Content-Length: 3\r\nContent-Length: 9\r\n", `abc${hidden}`),
		400,
	],
	[
		"one behind a length and chunks",
		post(`Content-Length: 4\r\n${chunked}`, `5c\r\n${hidden}`),
		400,
	],
	["one behind CONNECT", get("CONNECT a:1 HTTP/1.1") + hidden, 501],
	[
		"one behind an Upgrade that nobody takes",
		get("GET / HTTP/1.1", `${host}Connection: Upgrade\r\nUpgrade: x\r\n`) +
			hidden,
		"GET / ",
	],
	[
		"fifty requests",
		get("GET / HTTP/1.1").repeat(50),
		...Array<string>(50).fill("GET / "),
		"open",
	],
];
