import type { App } from "../app/app.ts";
import { CommandError } from "./command-error.ts";

/**
 * The app among the exports of a program: the one that is named, or that the function makes that is named; otherwise `app`, the default
 * export, or the only app there is.
 *
 * @param file how messages call the program
 * @returns `undefined` if none was named and there is none
 * @throws CommandError if the one that is named is not there, no app and no function that makes one, or if there are several to choose
 * from
 */
export async function chooseApp(
	exports: Readonly<Record<string, unknown>>,
	file: string,
	name: string | undefined,
): Promise<App | undefined> {
	if (name !== undefined) {
		return await namedApp(exports, file, name);
	}
	for (const usual of ["app", "default"]) {
		const value = exports[usual];
		if (isApp(value)) {
			return value;
		}
	}
	const apps = Object.entries(exports).filter(([, value]) => isApp(value));
	const [first, ...others] = apps;
	if (others.length > 0) {
		throw new CommandError(
			`${file} exports several apps; choose one with ${apps.map(([each]) => `--app ${each}`).join(" or ")}`,
		);
	}
	return first?.[1] as App | undefined; // filtered above
}

async function namedApp(
	exports: Readonly<Record<string, unknown>>,
	file: string,
	name: string,
): Promise<App> {
	const value = exports[name];
	if (isApp(value)) {
		return value;
	}
	if (typeof value === "function") {
		const made: unknown = await value();
		if (isApp(made)) {
			return made;
		}
		throw new CommandError(
			`"${name}" of ${file} is called without arguments to make the app, and gave ${made === null ? "null" : typeof made}; let it return an App`,
		);
	}
	if (value !== undefined) {
		throw new CommandError(
			`"${name}" of ${file} is a ${typeof value}, not an App; export the App itself, or a function that makes it`,
		);
	}
	const names = Object.keys(exports);
	throw new CommandError(
		`${file} exports no "${name}"; it exports ${names.length === 0 ? "nothing" : names.join(", ")}`,
	);
}

// by its methods: the program may have another copy of this package
function isApp(value: unknown): value is App {
	const methods = ["start", "stop", "handle", "operations", "openapi"];
	return (
		typeof value === "object" &&
		value !== null &&
		methods.every(
			(name) =>
				typeof (value as Readonly<Record<string, unknown>>)[name] ===
				"function",
		)
	);
}
