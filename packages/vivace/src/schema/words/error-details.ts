import type { ErrorDetail, Location } from "../../errors/validation-error.ts";
import { compileConversion } from "../shape/conversion.ts";
import { anyShape, coreShape, type Shape } from "../shape/shape.ts";
import { fitsShape } from "../shape/shape-fit.ts";
import { fitsConverted } from "./converted-fit.ts";
import { ownWords } from "./custom-error.ts";
import {
	childValue,
	isSecretPlace,
	memberPlace,
	type Place,
	placeOf,
	stepInto,
} from "./error-place.ts";
import type { ErrorWords } from "./error-words.ts";
import type { ExpectedType, Problem } from "./problem.ts";
import { ProblemBudget } from "./problem-budget.ts";
import { withoutSecrets } from "./redaction.ts";
import { tagError } from "./tag-error.ts";
import { formatError, valueError } from "./text-errors.ts";
import { isAboutItem, problemsAt } from "./told-problems.ts";
import {
	boundError,
	multipleError,
	typeError,
	valuesError,
} from "./value-errors.ts";

/** The context of errors, beside the problems themselves. */
export interface ErrorContext {
	/** The shape of the value that was validated. */
	readonly shape: Shape;
	/** The value as it was received, before any conversion. */
	readonly value: unknown;
	/** Where it was received. */
	readonly loc: Location;
	/** A text was not read as a number, a boolean or a date. */
	readonly isStrict?: boolean;
	/** How many errors are made. Default: 100. */
	readonly limit?: number;
}

/** Errors, and how many problems have none. */
export interface BoundedDetails {
	readonly errors: readonly ErrorDetail[];
	readonly more: number;
}

/** FastAPI's errors for the problems that a schema library found, up to a limit. */
export function errorDetails(
	problems: readonly Problem[],
	context: ErrorContext,
): BoundedDetails {
	const { shape, value, loc, isStrict = false, limit = 100 } = context;
	const start: Place = { shape, value, loc, parent: undefined };
	return new DetailWriter(isStrict, limit).writeAll(start, problems);
}

/** The error for a value that should be there and is not. */
export function missingDetail(loc: Location, input: unknown): ErrorDetail {
	return { type: "missing", loc, msg: "Field required", input };
}

const extraForbidden: ErrorWords = {
	type: "extra_forbidden",
	msg: "Extra inputs are not permitted",
};

class DetailWriter {
	readonly #isStrict: boolean;
	/** By set, the items that errors were written for. */
	readonly #toldItems = new Map<unknown, Set<unknown>>();
	readonly #budget: ProblemBudget;
	/** Parts of unions have many more problems than are told: no more of them are looked at than this. */
	#left: number;
	/** The shown form of a value that has secrets, by the value: several problems may show the same. */
	readonly #shown = new Map<unknown, unknown>();

	constructor(isStrict: boolean, limit: number) {
		this.#isStrict = isStrict;
		this.#budget = new ProblemBudget(limit);
		this.#left = 10 * limit;
	}

	writeAll(start: Place, problems: readonly Problem[]): BoundedDetails {
		const errors: ErrorDetail[] = [];
		let more = 0;
		for (const problem of problemsAt(start, problems)) {
			if (this.#budget.isSpent) {
				more++;
				continue;
			}
			for (const made of this.#detailsAt(placeOf(start, problem), problem)) {
				if (this.#budget.isSpent) {
					more++;
				} else {
					this.#budget.spend(made);
					errors.push(made);
				}
			}
		}
		return { errors, more };
	}

	/** The errors of a part, as many as may be told. */
	#write(start: Place, problems: readonly Problem[]): ErrorDetail[] {
		const { room } = this.#budget;
		const details: ErrorDetail[] = [];
		for (const problem of problemsAt(start, problems)) {
			if (details.length > room || this.#left < 0) {
				break;
			}
			for (const made of this.#detailsAt(placeOf(start, problem), problem)) {
				details.push(made);
			}
		}
		return details;
	}

	#detailsAt(place: Place, problem: Problem): ErrorDetail[] {
		if (place.value === undefined && isAbsence(problem)) {
			return this.#absent(place);
		}
		const shape = coreShape(place.shape);
		if (shape.kind === "set" && isAboutItem(problem)) {
			return this.#nextWrongItems(place, shape).flatMap((item) =>
				this.#detailsAt(item, problem),
			);
		}
		if (isPlainUnion(shape) && isAboutMember(problem)) {
			return this.#memberDetails(place, shape, problem);
		}
		switch (problem.about) {
			case "missing":
				return this.#absent(place);
			case "type":
				return this.#typeDetails(place, problem.expected);
			case "bound":
				return problem.side === "min" && shape.kind === "tuple"
					? this.#missingPositions(place, shape)
					: [this.#detail(place, boundError(problem, place.value, shape))];
			case "multiple":
				return [this.#detail(place, multipleError(problem.of))];
			case "values":
				return isScalarKind(shape)
					? this.#typeDetails(place, "unknown")
					: [this.#detail(place, valuesError(problem.values, shape))];
			case "format":
				return [
					withoutQuote(
						this.#detail(place, formatError(problem, String(place.value))),
						place,
					),
				];
			case "extra":
				if (shape.kind === "record") {
					return problem.keys.flatMap((key) =>
						this.#keyDetails(stepInto(place, key), [wrongChoice]),
					);
				}
				return extraKeys(place, shape, problem)
					.slice(0, this.#budget.room + 1)
					.map((key) => this.#detail(stepInto(place, key), extraForbidden));
			case "union":
				return this.#unionDetails(place, shape, problem);
			case "tag":
				return [this.#detail(place, tagError(place.value, shape, problem))];
			case "key":
				return this.#keyDetails(place, problem.problems);
			case "other":
			case "custom":
				if (isScalarKind(shape) && !fitsConverted(shape, place.value)) {
					return this.#typeDetails(place, "unknown"); // an app's own check comes after that in Pydantic
				}
				return [
					withoutQuote(
						this.#detail(place, ownWords(problem, isSecretPlace(place))),
						place,
					),
				];
		}
	}

	/** Tells that something is missing, in a place that could hold it; else that the place is wrong. */
	#absent(place: Place): ErrorDetail[] {
		const { parent } = place;
		if (parent === undefined || isContainer(parent.value)) {
			return [this.#missingAt(place)];
		}
		return this.#typeDetails(parent, "unknown");
	}

	#typeDetails(place: Place, expected: ExpectedType): ErrorDetail[] {
		const shape = coreShape(place.shape);
		// a library tells of a union as a whole, Pydantic of each member
		if (isPlainUnion(shape) && shape.members.length > 0) {
			return shape.members.flatMap((member) =>
				this.#typeDetails(memberPlace(place, member), "unknown"),
			);
		}
		const kind = expected === "unknown" ? kindOf(shape) : expected;
		const value = this.#isStrict ? null : place.value;
		return [this.#detail(place, typeError(kind, value, shape))];
	}

	/** A problem with the one member that a value fits by its kind: the others are of another kind. */
	#memberDetails(place: Place, shape: Shape, problem: Problem): ErrorDetail[] {
		const meant = shape.members.find((member) =>
			fitsConverted(coreShape(member), place.value),
		);
		if (meant === undefined) {
			return [this.#detail(place, valueError("Invalid input"))];
		}
		return shape.members.flatMap((member) =>
			member === meant
				? this.#detailsAt(memberPlace(place, member), problem)
				: this.#typeDetails(memberPlace(place, member), "unknown"),
		);
	}

	#unionDetails(
		place: Place,
		shape: Shape,
		problem: Extract<Problem, { readonly about: "union" }>,
	): ErrorDetail[] {
		// null is not a member: a library may count it, Pydantic does not
		const present = problem.members.filter(
			(problems) => !problems.every(isAboutNull),
		);
		const members = shape.kind === "union" ? shape.members : [shape];
		const isMatched = members.length === present.length;
		const details = present.flatMap((problems, index) => {
			const member = isMatched ? (members[index] as Shape) : anyShape;
			const start =
				present.length === 1
					? { ...place, shape: member }
					: memberPlace(place, member);
			return this.#write(start, problems);
		});
		return details.length > 0
			? details
			: [this.#detail(place, valueError(problem.message))];
	}

	/** A key of a mapping is a value of its own, at `[key]` below it. Libraries don't look at the value then, Pydantic does. */
	#keyDetails(place: Place, problems: readonly Problem[]): ErrorDetail[] {
		const container = coreShape(place.parent?.shape ?? anyShape);
		const key: Place = {
			shape: container.keys ?? anyShape,
			value: place.loc.at(-1),
			loc: [...place.loc, "[key]"],
			parent: place,
		};
		const isWrongKind =
			(isScalarKind(coreShape(place.shape)) || !isContainer(place.value)) &&
			!fitsConverted(place.shape, place.value);
		return [
			...this.#write(key, problems),
			...(isWrongKind ? this.#typeDetails(place, "unknown") : []),
		];
	}

	/**
	 * Libraries do not say which item of a set is wrong: the next one that does not fit is meant. They see one that is given twice
	 * once, Pydantic as often as it is given.
	 */
	#nextWrongItems(place: Place, shape: Shape): Place[] {
		const items = Array.isArray(place.value) ? place.value : [];
		const itemShape = shape.items ?? anyShape;
		const convert = compileConversion(itemShape, "text");
		const told = this.#toldItems.get(place.value) ?? new Set();
		this.#toldItems.set(place.value, told);
		const isLeft = (item: unknown) => !told.has(item);
		const next =
			items.find(
				(item) => isLeft(item) && !fitsShape(itemShape, convert(item)),
			) ?? items.find(isLeft);
		told.add(next);
		return items.flatMap((item, index) =>
			item === next ? [{ ...stepInto(place, index), shape: itemShape }] : [],
		);
	}

	#detail(place: Place, words: ErrorWords): ErrorDetail {
		const { type, msg, ctx } = words;
		this.#left--;
		const isShown =
			!isSecretPlace(place) && this.#budget.takesInput(place.value);
		return {
			type,
			loc: place.loc,
			msg,
			...(isShown ? { input: this.#inputOf(place) } : undefined),
			...(ctx === undefined ? undefined : { ctx }),
		};
	}

	#inputOf({ shape, value }: Place): unknown {
		const known = this.#shown.get(value);
		if (known !== undefined) {
			return known;
		}
		const shown = withoutSecrets(shape, value);
		if (shown !== value) {
			this.#shown.set(value, shown);
		}
		return shown;
	}

	#missingAt(place: Place): ErrorDetail {
		if (place.parent === undefined) {
			return missingDetail(place.loc, null);
		}
		const missing: ErrorWords = { type: "missing", msg: "Field required" };
		return { ...this.#detail(place.parent, missing), loc: place.loc };
	}

	/** A tuple that is too short lacks its last positions. */
	#missingPositions(place: Place, shape: Shape): ErrorDetail[] {
		const length = Array.isArray(place.value) ? place.value.length : 0;
		return shape.positions
			.slice(length)
			.map((_, index) => this.#missingAt(stepInto(place, length + index)));
	}
}

function isAbsence({ about }: Problem): boolean {
	return (
		about === "type" ||
		about === "values" ||
		about === "union" ||
		about === "tag"
	);
}

function isPlainUnion(shape: Shape): boolean {
	return shape.kind === "union" && shape.discriminator === undefined;
}

function isAboutMember({ about }: Problem): boolean {
	return about === "bound" || about === "multiple" || about === "format";
}

function isAboutNull(problem: Problem): boolean {
	return problem.about === "type" && problem.expected === "null";
}

function isScalarKind({ kind }: Shape): boolean {
	return (
		kind === "boolean" ||
		kind === "integer" ||
		kind === "number" ||
		kind === "string"
	);
}

const wrongChoice: Problem = { path: [], about: "values", values: [] };

function isContainer(value: unknown): boolean {
	return typeof value === "object" && value !== null;
}

function kindOf({ kind, members }: Shape): ExpectedType {
	if (kind === "union") {
		return members.length === 0 ? "null" : "object";
	}
	return kind === "any" || kind === "choice" ? "unknown" : kind;
}

/** A library's message may quote the value, which a secret one must not suffer. */
function withoutQuote(made: ErrorDetail, place: Place): ErrorDetail {
	const isQuoted =
		isSecretPlace(place) && made.msg.includes(String(place.value));
	return isQuoted ? { ...made, ...valueError("Invalid input") } : made;
}

function extraKeys(
	place: Place,
	shape: Shape,
	problem: Extract<Problem, { readonly about: "extra" }>,
): readonly string[] {
	if (problem.mayBeMore !== true || shape.fields.size === 0) {
		return problem.keys;
	}
	return Object.keys(place.value as object).filter(
		(key) =>
			!shape.fields.has(key) && childValue(place.value, key) !== undefined,
	);
}
