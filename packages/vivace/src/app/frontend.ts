import { told } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { Request } from "../http/request.ts";
import { Response } from "../http/response.ts";
import { parsePathTemplate } from "../routing/path-template.ts";
import { FrontEnd, type FrontendOptions } from "../static/front-end.ts";
import { resolveOperation, type Surroundings } from "./declared-operation.ts";
import type { DeclaredOperation, PathOperation } from "./path-operation.ts";

/** A front end as it was declared. */
export interface DeclaredFrontend {
	readonly path: string;
	readonly frontEnd: FrontEnd;
	/** True when it may be had without credentials; `undefined` where the routers around it say that. */
	readonly public: boolean | undefined;
	/** Made where it is declared. */
	readonly declared: Error;
}

/** A front end with what the routers around it add. */
export interface PlacedFrontend {
	/** Below which it answers, without a final slash; the empty string is the root. */
	readonly prefix: string;
	readonly frontEnd: FrontEnd;
	/** Answers GET and HEAD, after the dependencies of the app and the routers. */
	readonly operation: PathOperation;
}

/** @throws SetupError `VIV_PATH` or `VIV_OPTION` */
export function declareFrontend(
	path: unknown,
	options: FrontendOptions,
): DeclaredFrontend {
	const where = `frontend(${told(path)})`;
	if (typeof path !== "string" || !path.startsWith("/")) {
		throw new SetupError(
			"VIV_PATH",
			`${where}: the path must begin with "/"; write frontend("/", { directory: "dist" }).`,
		);
	}
	return {
		path: path.replace(/\/+$/, ""),
		frontEnd: new FrontEnd(where, options),
		public: options.public,
		declared: new Error(),
	};
}

/** @throws SetupError `VIV_PATH` when the path has parameters */
export function placeFrontend(
	{ path, frontEnd, public: isPublic, declared }: DeclaredFrontend,
	surroundings: Surroundings,
): PlacedFrontend {
	const prefix = surroundings.map((each) => each.prefix ?? "").join("") + path;
	const where = `frontend "${prefix || "/"}"`;
	if (prefix.includes("{")) {
		throw new SetupError(
			"VIV_PATH",
			`${where}: the path has a parameter, and the files of a front end are the same for all of its values; write the path out, or mount an app there.`,
		);
	}
	const hasDependencies = surroundings.some(
		({ dependencies = [] }) => dependencies.length > 0,
	);
	const whole: DeclaredOperation = {
		declared,
		methods: ["GET", "HEAD"],
		options: {
			path: `${path}/{${restOfPath}:path}`,
			name: "",
			...(isPublic !== undefined && { public: isPublic }),
		},
		params: hasDependencies ? { response: Response } : {},
		handler: handlerOf(frontEnd),
	};
	const operation = resolveOperation(whole, surroundings, parsePathTemplate);
	return { prefix, frontEnd, operation: { ...operation, where } };
}

const restOfPath = "path";

/** Sets the headers that dependencies have set on the response on each answer, as in FastAPI. */
function handlerOf(frontEnd: FrontEnd): DeclaredOperation["handler"] {
	return async (
		{ response: parameter }: { readonly response?: Response },
		request: Request,
	) => {
		const path = request.pathTexts.at(-1) ?? "";
		const response = await frontEnd.respond(request, path);
		if (parameter !== undefined) {
			response.headers.lines.push(...parameter.headers.lines);
			response.background ??= parameter.background;
		}
		return response;
	};
}
