import type { Request } from "../http/request.ts";
import type { Response } from "../http/response.ts";
import {
	type CompileContext,
	compileOperation,
	type Respond,
} from "./compile.ts";
import type { PathOperation } from "./path-operation.ts";

/** What stands behind a path: a path operation, or what is mounted there. */
export interface Route {
	/** The names in its path template, in order. */
	readonly names: readonly string[];
	/** May throw or reject with what is to be handled as an exception. */
	respond(request: Request): Response | Promise<Response>;
}

/** A compiled path operation; compiled anew when the overrides have changed. */
export class OperationRoute implements Route {
	readonly names: readonly string[];
	readonly #operation: PathOperation;
	readonly #context: CompileContext;
	#version: number;
	#respond: Respond;

	constructor(operation: PathOperation, context: CompileContext) {
		this.names = operation.template.names;
		this.#operation = operation;
		this.#context = context;
		this.#version = context.overrides.version;
		this.#respond = compileOperation(operation, context);
	}

	respond(request: Request): Response | Promise<Response> {
		const { version } = this.#context.overrides;
		if (this.#version !== version) {
			this.#version = version;
			this.#respond = compileOperation(this.#operation, this.#context);
		}
		return this.#respond(request);
	}
}
