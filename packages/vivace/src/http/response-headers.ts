/** What response headers can be made of. */
export type HeadersInit =
	| Readonly<Record<string, string>>
	| Iterable<readonly [string, string]>;

/**
 * The headers of a response: a light `Headers`, kept as the flat list (name, value, name, value) that `node:http` writes
 * fastest. Names are lower case; `set` replaces, `append` adds another line.
 */
export class ResponseHeaders {
	/** @internal The flat list that a server writes. */
	readonly lines: string[] = [];

	get(name: string): string | null {
		const values = this.getAll(name);
		return values.length === 0 ? null : values.join(", ");
	}

	getAll(name: string): string[] {
		const key = name.toLowerCase();
		return this.lines.filter(
			(_, index) => index % 2 === 1 && this.lines[index - 1] === key,
		);
	}

	has(name: string): boolean {
		return this.getAll(name).length > 0;
	}

	set(name: string, value: string): void {
		this.delete(name);
		this.append(name, value);
	}

	append(name: string, value: string): void {
		this.lines.push(name.toLowerCase(), value);
	}

	delete(name: string): void {
		const key = name.toLowerCase();
		for (let index = this.lines.length - 2; index >= 0; index -= 2) {
			if (this.lines[index] === key) this.lines.splice(index, 2);
		}
	}

	*[Symbol.iterator](): Generator<[string, string]> {
		for (let index = 0; index < this.lines.length; index += 2) {
			yield [this.lines[index] as string, this.lines[index + 1] as string];
		}
	}
}
