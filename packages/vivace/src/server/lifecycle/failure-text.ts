import { causesOf } from "../../errors/causes.ts";
import { programPlace } from "../../errors/program-stack.ts";
import { LifespanError, SetupError } from "../../errors/setup-error.ts";

/**
 * A failure as a line for people: the messages of an error and its causes. The stack is added where the program is to blame rather
 * than its surroundings.
 */
export function describeFailure(error: unknown): string {
	const chain = causesOf(error);
	let text = "";
	for (const link of chain) {
		if (text.startsWith("VIV_LISTEN")) {
			break; // says in its own words what the cause says
		}
		const message = messageOf(link);
		// the error around it says the same, and goes on behind it
		const sentence = message.replace(/\.$/, "");
		if (sentence !== "" && !text.includes(sentence)) {
			text += text === "" ? message : `: ${message}`;
		}
	}
	for (const other of error instanceof LifespanError ? error.errors : []) {
		if (!text.includes(messageOf(other))) {
			text += `; ${describeFailure(other)}`;
		}
	}
	const place = isWritten(error) ? programPlace(error) : undefined;
	if (place !== undefined) {
		return `${text} (${place})`;
	}
	const mistake = chain.find(isMistake);
	return mistake?.stack === undefined ? text : `${text}\n${mistake.stack}`;
}

/** True for a mistake that stands in a line of the program, rather than in what surrounds that when it starts. */
function isWritten(error: unknown): error is SetupError {
	return error instanceof SetupError && !ofSurroundings.has(error.code);
}

const ofSurroundings: ReadonlySet<string> = new Set([
	"VIV_LIFESPAN",
	"VIV_LISTEN",
	"VIV_MIGRATION",
	"VIV_SETTINGS",
]);

function messageOf(error: unknown): string {
	if (!(error instanceof Error)) {
		return String(error);
	}
	// Node's error for a name with several addresses has its messages inside
	if (error.message === "" && error instanceof AggregateError) {
		return error.errors.map(messageOf).join("; ");
	}
	return error.message === "" ? error.name : error.message;
}

// an error of the operating system or of a server far away has a code; a plain Error was thrown by somebody with a message for people
function isMistake(error: unknown): error is Error {
	return (
		error instanceof Error &&
		!(error instanceof SetupError) &&
		(error instanceof TypeError ||
			error instanceof ReferenceError ||
			error instanceof RangeError ||
			error instanceof SyntaxError) &&
		!("code" in error)
	);
}

/** The error of a port that can't be listened on, with what to do about it. */
export function toListenError(
	error: unknown,
	host: string,
	port: number,
): unknown {
	const code =
		error instanceof Error && "code" in error ? String(error.code) : "";
	const advice = listenAdvice[adviceCode(code, host)];
	return advice === undefined
		? error
		: new SetupError("VIV_LISTEN", advice(host, port), { cause: error });
}

// Bun and Deno have this code for some addresses and names that can't be listened on
function adviceCode(code: string, host: string): string {
	if (code !== "EINVAL") {
		return code;
	}
	const { isIP } = process.getBuiltinModule("node:net"); // takes 12 ms on Deno
	return isIP(host) === 0 ? "ENOTFOUND" : "EADDRNOTAVAIL";
}

const listenAdvice: Readonly<
	Record<string, (host: string, port: number) => string>
> = {
	EADDRINUSE: (host, port) =>
		`port ${port} on ${host} is already in use; stop the program that has it, or choose another port (0 takes a free one)`,
	EACCES: (host, port) =>
		`not permitted to listen on port ${port} on ${host}; choose a port from 1024 on, or give the process the right to take low ones`,
	EADDRNOTAVAIL: (host, port) =>
		`${host} is not an address of this machine, so port ${port} can't be opened on it; choose "127.0.0.1", or "0.0.0.0" for every address`,
	ENOTFOUND: (host, port) =>
		`the host name "${host}" has no address, so port ${port} can't be opened on it; choose "127.0.0.1", or "0.0.0.0" for every address`,
	EAI_AGAIN: (host, port) =>
		`the host name "${host}" could not be looked up, so port ${port} can't be opened on it; choose an address such as "127.0.0.1"`,
};
