import type { ErrorDetail } from "../../errors/validation-error.ts";

/** The room for the values that problems show, together, in characters: what a client gets back stays a part of what it sent. */
const inputRoom = 64 * 1024;
/** The same for the places and words of problems, which hold names that the client chose. */
const wordRoom = 256 * 1024;

/** How many problems with one value are told, and how much of it is shown. */
export class ProblemBudget {
	readonly #limit: number;
	#count = 0;
	#inputRoom = inputRoom;
	#wordRoom = wordRoom;
	/** Found to be too large once; what is shown for many problems is looked at once. */
	readonly #large = new WeakSet<object>();

	constructor(limit: number) {
		this.#limit = limit;
	}

	/** No further problem is told. */
	get isSpent(): boolean {
		return this.#count >= this.#limit || this.#wordRoom <= 0;
	}

	/** How many further problems may be told. */
	get room(): number {
		return this.isSpent ? 0 : this.#limit - this.#count;
	}

	/** Counts a problem that is told. */
	spend({ loc, msg }: ErrorDetail): void {
		this.#count++;
		this.#wordRoom -= msg.length;
		for (const step of loc) {
			this.#wordRoom -= String(step).length;
		}
	}

	/** Tells whether a value is small enough to be shown, and counts it if it is. */
	takesInput(value: unknown): boolean {
		if (this.#large.has(value as object)) {
			return false;
		}
		const left = this.#roomAfter(value, this.#inputRoom);
		if (left < 0) {
			if (typeof value === "object" && value !== null) {
				this.#large.add(value);
			}
			return false;
		}
		this.#inputRoom = left;
		return true;
	}

	/** The room that is left when a value was written as JSON; below 0 as soon as there is too little. */
	#roomAfter(value: unknown, room: number): number {
		switch (typeof value) {
			case "string":
				return room - value.length - 2;
			case "bigint":
				return room - String(value).length;
			case "object":
				return value === null ? room - 4 : this.#roomAfterObject(value, room);
			default:
				return room - 5;
		}
	}

	#roomAfterObject(value: object, room: number): number {
		if (ArrayBuffer.isView(value)) {
			return room - value.byteLength;
		}
		return Array.isArray(value)
			? this.#roomAfterItems(value, room)
			: this.#roomAfterMembers(value, room);
	}

	#roomAfterItems(list: readonly unknown[], room: number): number {
		let left = room - 2;
		for (let index = 0; index < list.length && left >= 0; index++) {
			left = this.#roomAfter(list[index], left - 1);
		}
		return left;
	}

	#roomAfterMembers(object: object, room: number): number {
		let left = room - 2;
		// no list of all members is made: there may be 100,000
		for (const name in object) {
			if (left < 0) {
				break;
			}
			const member: unknown = object[name as keyof object];
			left = this.#roomAfter(member, left - name.length - 4);
		}
		return left;
	}
}
