/**
 * One thing that is wrong with a value, in words that no schema library owns: the readers of the libraries' issues give these,
 * and `error-details.ts` makes FastAPI's errors of them.
 */
export type Problem = {
	/** From the value that was validated to the one that is wrong; numbers are positions in a list. */
	readonly path: readonly (string | number)[];
	/** Where a function has given another value than was received: that, and how many of the path's last steps lead into it. */
	readonly preprocessed?:
		| { readonly value: unknown; readonly steps: number }
		| undefined;
} & ProblemKind;

export type ProblemKind =
	| { readonly about: "type"; readonly expected: ExpectedType }
	| {
			readonly about: "bound";
			readonly side: "min" | "max";
			readonly limit: number | bigint | Date;
			readonly isExclusive: boolean;
			/** The value itself is bounded, or its length. */
			readonly of: "value" | "text" | "list" | "set" | "record" | "file";
	  }
	| { readonly about: "multiple"; readonly of: number | bigint }
	| { readonly about: "values"; readonly values: readonly unknown[] }
	| {
			readonly about: "format";
			readonly format: string;
			readonly pattern: string | undefined;
			/** The library's own sentence. */
			readonly message: string;
	  }
	| {
			readonly about: "extra";
			readonly keys: readonly string[];
			/** The library stops at the first extra key. */
			readonly mayBeMore?: boolean;
	  }
	| {
			readonly about: "union";
			/** The problems with each member, in the order in which they were declared. */
			readonly members: readonly (readonly Problem[])[];
			readonly message: string;
	  }
	| {
			/** No member of a union is known by the discriminator's value; the path is that of the union. */
			readonly about: "tag";
			readonly discriminator: string;
			readonly tags: readonly unknown[];
	  }
	| { readonly about: "key"; readonly problems: readonly Problem[] }
	| { readonly about: "missing" }
	/** The program's own type of error, see `customError`. */
	| {
			readonly about: "custom";
			readonly type: string;
			readonly message: string;
			readonly ctx: Readonly<Record<string, unknown>> | undefined;
	  }
	| { readonly about: "other"; readonly message: string };

/** A problem with a union, whose members are read when they are told: a schema that contains itself has 2^n of them, n levels down. */
export function unionProblem(
	path: Problem["path"],
	message: string,
	readMembers: () => readonly (readonly Problem[])[],
): Problem {
	let members: readonly (readonly Problem[])[] | undefined;
	return {
		path,
		about: "union",
		message,
		get members() {
			members ??= readMembers();
			return members;
		},
	};
}

/** The kind of value that was expected; `unknown` leaves it to the schema's shape. */
export type ExpectedType =
	| "unknown"
	| "null"
	| "boolean"
	| "integer"
	| "number"
	| "bigint"
	| "string"
	| "date"
	| "file"
	| "bytes"
	| "list"
	| "tuple"
	| "set"
	| "record"
	| "map"
	| "object"
	| "never";
