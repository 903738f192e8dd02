/** True on Bun and Deno: their `node:http` is of another make, which knows nothing of the members that only Node's own has. */
export const isOtherRuntime: boolean =
	"Bun" in globalThis || "Deno" in globalThis;
