/** Lets one command at a time use a connection, first come, first served, so that each one's deadline counts its own time only. */
export class Turns {
	#isTaken = false;
	readonly #waiting: (() => void)[] = [];

	/** True when a command is under way. */
	get isTaken(): boolean {
		return this.#isTaken;
	}

	/** How many wait. */
	get waiting(): number {
		return this.#waiting.length;
	}

	/** Takes it at once; false while a command is under way. */
	tryToTake(): boolean {
		const isFree = !this.#isTaken;
		this.#isTaken = true;
		return isFree;
	}

	/** Resolves when it is the caller's turn, who ends it with {@link pass}. */
	async take(): Promise<void> {
		if (this.#isTaken) {
			await new Promise<void>((resolve) => this.#waiting.push(resolve));
		}
		this.#isTaken = true;
	}

	/** Gives the turn to who waits longest. */
	pass(): void {
		const next = this.#waiting.shift();
		if (next) {
			next();
		} else {
			this.#isTaken = false;
		}
	}
}
