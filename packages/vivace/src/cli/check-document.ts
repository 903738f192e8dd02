import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { App } from "../app/app.ts";
import type { Finding } from "./check-finding.ts";

const validatorName = "@seriousme/openapi-schema-validator";

/** The findings of the validator that the project has installed. */
export async function documentFindings(app: App): Promise<Finding[]> {
	const document = app.openapi();
	const path = findValidator();
	if (path === undefined) {
		return [
			{
				level: "note",
				text: `the document was not validated: npm install --save-dev ${validatorName}`,
			},
		];
	}
	const { Validator } = await import(pathToFileURL(path).href);
	const { valid, errors } = await new Validator().validate(
		structuredClone(document),
	);
	if (valid) {
		return [];
	}
	const problems = (Array.isArray(errors) ? errors : [errors]) as readonly {
		readonly instancePath?: string;
		readonly message?: string;
	}[];
	return problems.map((problem) => ({
		level: "error",
		text: `${problem.instancePath ?? ""}: ${problem.message ?? String(problem)}`,
	}));
}

/** Of the program's project, which has chosen its version. */
function findValidator(): string | undefined {
	try {
		return createRequire(resolve("package.json")).resolve(validatorName);
	} catch {
		return undefined;
	}
}
