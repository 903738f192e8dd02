import { assertOptions } from "../errors/options.ts";
import { notePlace, type Place, takePlace } from "../http/unplaced.ts";
import type { Declarations } from "../inject/declaration.ts";
import type { PathTemplate } from "../routing/path-template.ts";
import {
	checkOperation,
	declareOperation,
	resolveOperation,
} from "./declared-operation.ts";
import {
	type DeclaredOperation,
	type OperationSource,
	type PathOperation,
	type RouteOptions,
	type SharedOptions,
	sharedRules,
} from "./path-operation.ts";

/**
 * Documents a request that the API sends.
 *
 * @param where its URL or its options; a webhook's path is its name, a callback's may hold runtime expressions
 * (`{$request.body.url}`, OpenAPI 3.1.1 §4.8.20.4); `{name}` in either is a path parameter
 * @param params what the request carries, as a path operation that receives it would declare it
 * @throws SetupError when the declaration is wrong: `VIV_PARAMETER`, `VIV_DEPENDENCY`, `VIV_ROUTE`
 */
export type RegisterOutgoing = (
	where: string | RouteOptions,
	params?: Declarations,
) => void;

/**
 * Requests that the API sends and its users answer, for the OpenAPI document alone: an app's webhooks, or the callbacks of path
 * operations. Nothing of it is served, so nothing has a handler; give each a `name`, from which summary and id are made.
 *
 * @example
 * ```ts
 * import { App, OutgoingRouter } from "vivace";
 * import { z } from "zod";
 *
 * const Invoice = z.object({ id: z.string(), callback_url: z.url() }).meta({ id: "Invoice" });
 * const Payment = z.object({ paid: z.boolean() }).meta({ id: "Payment" });
 * const Received = z.object({ ok: z.boolean() }).meta({ id: "Received" });
 *
 * const callbacks = new OutgoingRouter();
 * callbacks.post(
 * 	{ path: "{$request.body.callback_url}/paid", name: "invoicePaid", response: Received },
 * 	{ payment: Payment },
 * );
 *
 * const app = new App();
 * app.post({ path: "/invoices", callbacks }, { invoice: Invoice }, () => ({ ok: true }));
 * app.webhooks.post({ path: "new-customer", name: "newCustomer" }, { customer: z.object({ name: z.string() }) });
 * ```
 * @see FastAPI, "OpenAPI Callbacks" and "OpenAPI Webhooks"
 */
export class OutgoingRouter implements OperationSource {
	readonly #declared: DeclaredOperation[] = [];
	readonly #options: SharedOptions;
	readonly #place: Place = notePlace("OutgoingRouter");

	readonly get: RegisterOutgoing = this.#verb("GET");
	readonly post: RegisterOutgoing = this.#verb("POST");
	readonly put: RegisterOutgoing = this.#verb("PUT");
	readonly patch: RegisterOutgoing = this.#verb("PATCH");
	readonly delete: RegisterOutgoing = this.#verb("DELETE");
	readonly options: RegisterOutgoing = this.#verb("OPTIONS");
	readonly head: RegisterOutgoing = this.#verb("HEAD");
	readonly trace: RegisterOutgoing = this.#verb("TRACE");

	/**
	 * @param options hold for all of its requests
	 * @throws SetupError `VIV_OPTION` for an option that there is not
	 */
	constructor(options: SharedOptions = {}) {
		assertOptions("OutgoingRouter", options, sharedRules);
		this.#options = options;
	}

	/** @internal What it documents, in the order of the declarations. */
	operations(): readonly PathOperation[] {
		return this.#declared.map((each) => this.#resolve(each));
	}

	/** @internal A route or an app has it. */
	markPlaced(): void {
		takePlace(this.#place);
	}

	#verb(method: string): RegisterOutgoing {
		return (where, params = {}) => {
			const named = typeof where === "string" ? { path: where } : { ...where };
			const declared = declareOperation(
				[method],
				[{ name: "", ...named }, params, notServed],
			);
			const resolved = this.#resolve(declared);
			checkOperation(resolved);
			this.#declared.push(declared);
			this.#place.declared.push(resolved.where);
		};
	}

	#resolve(declared: DeclaredOperation): PathOperation {
		return resolveOperation(declared, [this.#options], outgoingTemplate);
	}
}

function notServed(): undefined {
	return undefined;
}

/** A path whose braces hold names, which are path parameters, or runtime expressions, which are not. Nothing is matched with it. */
function outgoingTemplate(text: string): PathTemplate {
	const converters = new Map<string, string>();
	const openapi = text.replaceAll(
		/\{([a-zA-Z_]\w*)(?::([a-zA-Z_]\w*))?\}/g,
		(_, name: string, converter = "str") => {
			converters.set(name, converter);
			return `{${name}}`;
		},
	);
	return {
		text,
		openapi,
		names: [...converters.keys()],
		literals: [text],
		parameters: [...converters].map(([name, converter]) => ({
			name,
			converter,
		})),
	};
}
