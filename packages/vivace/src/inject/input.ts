import { SetupError } from "../errors/setup-error.ts";
import { Request } from "../http/request.ts";
import { Response } from "../http/response.ts";
import {
	type ParameterField,
	parameterField,
	type RouteNames,
} from "./parameter-field.ts";
import {
	type AppScopedClass,
	isAppScopedClass,
	isProvidedClass,
	type ProvidedClass,
} from "./provided.ts";

/** Where a value comes from that is no dependency's. */
export type PlainInput = { readonly key: string } & (
	| { readonly kind: "parameter"; readonly field: ParameterField }
	| {
			readonly kind: "class";
			readonly slot: number;
			readonly type: ProvidedClass<unknown>;
	  }
	| { readonly kind: "appClass"; readonly type: AppScopedClass<unknown> }
	| {
			readonly kind: "pathText";
			readonly index: number;
			/** Default: the text itself. */
			readonly parse: ((text: string) => unknown) | undefined;
	  }
	| { readonly kind: "constant"; readonly value: unknown }
	| { readonly kind: "request" | "response" }
);

/** Whose record an input stands in; `undefined` for the root. */
interface Owner {
	readonly label: string;
	readonly scope: string;
}

/** Finds out what the declarations of one graph stand for. */
export class InputReader {
	readonly #route: RouteNames;
	readonly #newSlot: () => number;
	readonly #classSlots = new Map<unknown, number>();

	constructor(route: RouteNames, newSlot: () => number) {
		this.#route = route;
		this.#newSlot = newSlot;
	}

	/** @throws SetupError `VIV_PARAMETER` or `VIV_SCOPE` */
	read(
		key: string,
		declaration: unknown,
		owner: Owner | undefined,
	): PlainInput {
		if (declaration === Request) {
			return { key, kind: "request" };
		}
		if (declaration === Response) {
			return { key, kind: "response" };
		}
		if (isProvidedClass(declaration)) {
			this.#assertPlace(key, declaration, owner);
			const slot = this.#classSlot(declaration);
			return { key, kind: "class", slot, type: declaration };
		}
		if (isAppScopedClass(declaration)) {
			if (owner?.scope === "app") {
				return { key, kind: "appClass", type: declaration };
			}
			throw new SetupError(
				"VIV_SCOPE",
				`${this.#route.where}: "${key}" asks for ${declaration.name}, which there is only while the app starts; ask for it in a dependency of app scope.`,
			);
		}
		const field = parameterField(key, declaration, this.#place(owner));
		return { key, kind: "parameter", field };
	}

	#assertPlace(
		key: string,
		type: ProvidedClass<unknown>,
		owner: Owner | undefined,
	): void {
		const { where, isSocket = false } = this.#route;
		if (type["~place"] !== "socket" || (isSocket && owner?.scope !== "app")) {
			return;
		}
		const asking = owner === undefined ? "" : ` of dependency "${owner.label}"`;
		throw new SetupError(
			"VIV_PARAMETER",
			`${where}: "${key}"${asking} asks for a ${type.name}, which there is only for a handler of app.websocket() and its dependencies.`,
		);
	}

	/** The place that declares the parameters that are being looked at: the path operation, or a dependency of it. */
	#place(owner: Owner | undefined): RouteNames {
		if (owner === undefined) {
			return this.#route;
		}
		const where = `${this.#route.where}: dependency "${owner.label}"`;
		return { ...this.#route, where };
	}

	#classSlot(type: unknown): number {
		const slot = this.#classSlots.get(type) ?? this.#newSlot();
		this.#classSlots.set(type, slot);
		return slot;
	}
}
