import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { suite, test } from "node:test";
import { SetupError } from "../../src/errors/setup-error.ts";
import { argumentTakers, withoutArguments } from "./argument-takers.ts";
import { kinds } from "./kinds.ts";
import {
	allTakers,
	type OptionTaker,
	takers,
	withoutOptions,
} from "./option-takers.ts";

const publicNames: Readonly<Record<string, readonly string[]>> = JSON.parse(
	readFileSync(
		new URL("../../../../test/public-names.json", import.meta.url),
		"utf8",
	),
);

/** The names of both tables, by entry: those with a place in it, and those that need none. */
const tables: Readonly<
	Record<string, (entry: string) => readonly (string | undefined)[]>
> = {
	options: (entry) => [
		...Object.keys(takers[entry] ?? {}),
		...(withoutOptions[entry] ?? "").split(/\s+/),
	],
	arguments: (entry) => [
		...(argumentTakers[entry] ?? []).map(({ where }) => where.split(/[.(]/)[0]),
		...(withoutArguments[entry] ?? "").split(/\s+/),
	],
};

for (const [what, namesIn] of Object.entries(tables)) {
	suite(`the table of what takes ${what}`, () => {
		for (const [entry, names] of Object.entries(publicNames)) {
			test(`has every public name of ${entry}`, () => {
				const passedOn =
					entry === "vivace-database" ? publicNames["./database"] : undefined;
				const values = names.filter(
					(name) => !name.startsWith("type ") && !passedOn?.includes(name),
				);
				const listed = new Set(namesIn(entry).filter(Boolean));
				assert.deepEqual([...listed].sort(), values.toSorted());
			});
		}
	});
}

suite("the table of what takes options", () => {
	test("has every public type of options", () => {
		const types = Object.values(publicNames)
			.flat()
			.filter((name) => /^type \w+(?:Options|Limits)$/.test(name))
			.map((name) => name.slice("type ".length));
		const known = new Set(allTakers().map(({ type }) => type));
		assert.deepEqual(
			types.filter((type) => !known.has(type)),
			[],
		);
	});
});

for (const { where, take, takesNone = true } of allTakers()) {
	suite(where, () => {
		if (takesNone) {
			test("takes none", async () => {
				await take({});
			});
		}

		test("refuses what there is not, at its line", async () => {
			const error = await refusal(take, { nonsense: 1 });
			assert.match(
				error.message,
				new RegExp(
					`^VIV_OPTION: ${RegExp.escape(where)}: there is no option "nonsense"; there are \\w+`,
				),
			);
			const [, first] = (error.stack ?? "").split("\n");
			// a call in tail position leaves no frame on Bun, and the next one is its caller's
			assert.match(
				first ?? "",
				/test\/errors\/(?:option-takers|every-option\.test)\.ts:\d+/,
			);
		});

		test("names the option that is nearly so called, and FastAPI's way to write it", async () => {
			const { message } = await refusal(take, { nonsense: 1 });
			const known = message.slice(0, -1).split("there are ")[1]?.split(", ");
			for (const name of known ?? []) {
				const longer = await refusal(take, { [`${name}x`]: 1 });
				assert.match(longer.message, /did you mean "\w+"\?$/, name);
				const snake = name.replaceAll(
					/[A-Z]/g,
					(letter) => `_${letter.toLowerCase()}`,
				);
				if (snake !== name) {
					const other = await refusal(take, { [snake]: 1 });
					assert.match(
						other.message,
						new RegExp(`(?:write|here it is) "${name}"\\.$`),
					);
				}
			}
		});

		if (takesNone) {
			test("takes values of the kinds that it knows, and tells others at its line", async () => {
				const { message } = await refusal(take, { nonsense: 1 });
				const known = message.slice(0, -1).split("there are ")[1]?.split(", ");
				for (const name of known ?? []) {
					const refused: string[] = [];
					for (const [kind, make] of Object.entries(plainKinds)) {
						const error = await failure(take, { [name]: make() });
						if (error !== undefined) {
							assertAtItsLine(error, `${name}: ${kind}`);
							refused.push(kind);
						}
					}
					assert.equal(
						refused.length === 0,
						takesAnything.has(`${where} ${name}`),
						`${name} takes any value`,
					);
				}
			});

			test("refuses what is no record", async () => {
				for (const [given, told] of [
					[null, "null"],
					[["a"], "a list"],
					[new Map([["a", 1]]), "a Map"],
					["a", '"a"'],
					[7, "7"],
				] as const) {
					const error = await refusal(take, given as never).catch(
						(reason) => reason,
					);
					// a record that is spread beside what must be given is one again
					assert.match(
						String(error),
						new RegExp(
							`expected a record of options, got ${RegExp.escape(told)}\\.$|there is no option "0"|was taken`,
						),
					);
				}
			});
		}
	});
}

/** Options whose value may be anything. */
const takesAnything: ReadonlySet<string> = new Set([
	"HTTPException cause",
	"ServerSentEvent data",
	"paginate() filters",
]);

const { nothing: _, symbol: __, ...plainKinds } = kinds;

async function failure(
	take: OptionTaker["take"],
	given: Record<string, unknown>,
): Promise<Error | undefined> {
	try {
		await take(given);
		return undefined;
	} catch (error) {
		return error as Error;
	}
}

/** A status, say, is one of run time: its error has a class of its own, and begins at the line all the same. */
function assertAtItsLine({ name, stack = "" }: Error, what: string): void {
	assert.match(
		name,
		/^(?:SetupError|LifespanError|RangeError)$/,
		`${what}: ${stack}`,
	);
	const [, first] = stack.split("\n");
	assert.match(
		first ?? "",
		/test\/errors\/(?:option-takers|every-option\.test)\.ts:\d+/,
		`${what}: ${stack}`,
	);
}

async function refusal(
	take: OptionTaker["take"],
	given: Record<string, unknown>,
): Promise<SetupError> {
	try {
		await take(given);
	} catch (error) {
		assert.ok(error instanceof SetupError, String(error));
		assert.equal(error.code, "VIV_OPTION");
		return error;
	}
	throw new Error(`${JSON.stringify(given)} was taken`);
}
