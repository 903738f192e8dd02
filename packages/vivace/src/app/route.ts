import type { Request } from "../http/request.ts";
import type { Response } from "../http/response.ts";
import {
	type CompileContext,
	compileOperation,
	type Respond,
} from "./compile.ts";
import type { DependencyOverrides } from "./overrides.ts";
import type { PathOperation } from "./path-operation.ts";

/** A compiled path operation; compiled anew when the overrides have changed. */
export class Route {
	readonly operation: PathOperation;
	readonly #context: CompileContext;
	readonly #overrides: DependencyOverrides;
	#version: number;
	#respond: Respond;

	constructor(
		operation: PathOperation,
		context: CompileContext,
		overrides: DependencyOverrides,
	) {
		this.operation = operation;
		this.#context = context;
		this.#overrides = overrides;
		this.#version = overrides.version;
		this.#respond = compileOperation(operation, context);
	}

	/** May throw or reject with what is to be handled as an exception. */
	respond(request: Request): Response | Promise<Response> {
		if (this.#version !== this.#overrides.version) {
			this.#version = this.#overrides.version;
			this.#respond = compileOperation(this.operation, this.#context);
		}
		return this.#respond(request);
	}
}
