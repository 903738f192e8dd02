/** A command that can't do its work, in words for the person who typed it: one line, and exit code 1. */
export class CommandError extends Error {
	override readonly name = "CommandError";
}
