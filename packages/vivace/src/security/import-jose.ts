import { SetupError } from "../errors/setup-error.ts";

/** The parts of jose that verify tokens. */
export type Jose = typeof import("jose");

/** jose is an optional peer: programs without tokens do without it. */
export async function importJose(): Promise<Jose> {
	try {
		return await import("jose");
	} catch (cause) {
		throw new SetupError(
			"VIV_OPTION",
			'jwtBearer() needs the package "jose": npm install jose.',
			{ cause },
		);
	}
}
