import { validate } from "@readme/openapi-parser";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { Validator } from "@seriousme/openapi-schema-validator";
import spectral from "@stoplight/spectral-core";
import { oas } from "@stoplight/spectral-rulesets";
import type { OpenApiDocument } from "vivace";

/** Gives what is wrong with a document: errors, not advice. */
export type Judge = (document: OpenApiDocument) => Promise<readonly string[]>;

/** The validators and linters by name. */
export async function allJudges(): Promise<Readonly<Record<string, Judge>>> {
	return {
		"the specification's own JSON Schema": bySchema,
		"@readme/openapi-parser": byParser,
		Redocly: await redocly(),
		Spectral: spectralJudge(),
	};
}

const bySchema: Judge = async (document) => {
	const { valid, errors } = await new Validator().validate(document);
	return valid ? [] : [JSON.stringify(errors)];
};

const byParser: Judge = async (document) => {
	// it knows no 3.2, and takes an API without paths for a mistake
	if (
		document.openapi.startsWith("3.2") ||
		Object.keys(document.paths).length === 0
	) {
		return [];
	}
	const result = await validate(document as never); // its own type names each member
	return result.valid ? [] : result.errors.map(({ message }) => message);
};

async function redocly(): Promise<Judge> {
	const config = await createConfig({ extends: ["spec"] });
	return async (document) => {
		const source = JSON.stringify(document);
		const absoluteRef = "/openapi.json";
		const problems = await lintFromString({ source, absoluteRef, config });
		return problems
			.filter(({ severity }) => severity === "error")
			.map(
				({ ruleId, message, location }) =>
					`${ruleId}: ${message} (${location[0]?.pointer})`,
			);
	};
}

/** Rules of Spectral that are wrong about a document, and where. */
const spectralErrs: readonly (readonly [code: string, place: RegExp])[] = [
	// a tuple has prefixItems, in OpenAPI 3.1 without items
	[
		"array-items",
		/^components\/schemas\/\w+\/properties\/spot(?:\/anyOf\/0)?$/,
	],
	// FastAPI's documentation shows an example that is wrong on purpose, and one that is converted
	["oas3-valid-media-example", /\/examples\/(?:converted|invalid)\/value\//],
];

function spectralJudge(): Judge {
	const linter = new spectral.Spectral();
	linter.setRuleset({ extends: [[oas, "recommended"]], rules: {} } as never); // its type wants rules' own types
	return async (document) => {
		const results = await linter.run(document as never); // any JSON
		return results
			.filter(({ severity }) => severity === 0)
			.map(({ code, message, path }) => ({ code, message, at: path.join("/") }))
			.filter(
				({ code, at }) =>
					!spectralErrs.some(
						([known, place]) => known === code && place.test(at),
					),
			)
			.map(({ code, message, at }) => `${code}: ${message} (${at})`);
	};
}
