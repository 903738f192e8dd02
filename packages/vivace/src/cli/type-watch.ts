import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { styleText } from "node:util";
import { findCompiler } from "./check-types.ts";
import { CommandError } from "./command-error.ts";

/**
 * Checks the types of the project beside `vivace dev`, with its own compiler: at the start and at each version. Holds nothing up, and is
 * not the compiler's own watching, which sees no change where the file system tells none.
 */
export class TypeWatch {
	readonly #compiler: string;
	#running: ChildProcess | undefined;
	#hadErrors = true;

	/** @throws CommandError where the project has no TypeScript */
	constructor() {
		const compiler = findCompiler();
		if (compiler === undefined) {
			throw new CommandError(
				"--types: TypeScript is not installed here; npm install --save-dev typescript",
			);
		}
		this.#compiler = compiler;
	}

	/** Checks the files as they are now; a check that is under way is given up. */
	readonly check = async (): Promise<void> => {
		this.end();
		const pretty = String(process.stdout.isTTY === true);
		const child = spawn(
			process.execPath,
			[this.#compiler, "--noEmit", "--pretty", pretty],
			{ stdio: ["ignore", "pipe", "inherit"] },
		);
		this.#running = child;
		const [output, [code]] = await Promise.all([
			text(child.stdout),
			once(child, "close"),
		]);
		if (this.#running !== child) {
			return; // a newer one tells
		}
		this.#running = undefined;
		if (code !== 0) {
			console.error(output.trimEnd());
		} else if (this.#hadErrors) {
			console.log(styleText("green", "No type errors"));
		}
		this.#hadErrors = code !== 0;
	};

	/** Gives up the check that is under way. */
	end(): void {
		this.#running?.kill();
		this.#running = undefined;
	}
}
