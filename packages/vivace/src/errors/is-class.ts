/** A class cannot be called without `new`. Its `prototype` can't be exchanged, a function's can; that shows through a proxy, too. */
export function isClass(call: unknown): boolean {
	return (
		typeof call === "function" &&
		Object.getOwnPropertyDescriptor(call, "prototype")?.writable === false
	);
}

/** True for a class of the program; `Number`, `String` and their like can be called. */
export function isWrittenClass(call: unknown): boolean {
	return (
		isClass(call) && /^class\b/.test(Function.prototype.toString.call(call))
	);
}
