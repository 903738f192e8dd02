import { beginAt, programPlace } from "../errors/program-stack.ts";
import { SetupError } from "../errors/setup-error.ts";
import { type Endpoint, toldEndpoint } from "../errors/validation-error.ts";

/** The endpoint of a path operation; its place is looked up when an error first asks for it. */
export class OperationEndpoint implements Endpoint {
	readonly path: string;
	readonly function: string;
	readonly #declared: Error;
	#place: string | undefined;

	/**
	 * @param path with its method
	 * @param declared made where the path operation is declared
	 */
	constructor(path: string, handlerName: string, declared: Error) {
		this.path = path;
		this.function = handlerName;
		this.#declared = declared;
	}

	/** The same below a mount. */
	below(mountPath: string): OperationEndpoint {
		const path = this.path.replace(" /", ` ${mountPath}/`);
		return new OperationEndpoint(path, this.function, this.#declared);
	}

	/** Lets what is wrong with the path operation, but shows only when the app is built, begin at its line all the same. */
	atItsLine<Result>(work: () => Result): Result {
		try {
			return work();
		} catch (error) {
			throw error instanceof SetupError ? this.begun(error) : error;
		}
	}

	/** An error that begins at the line of the path operation. */
	begun<Made extends Error>(error: Made): Made {
		beginAt(error, this.#declared);
		return error;
	}

	/** How a line tells it: `GET /items (app.ts:12)`. */
	get told(): string {
		return toldEndpoint(this);
	}

	get file(): string | undefined {
		const place = this.#read();
		return place === "" ? undefined : place.slice(0, place.lastIndexOf(":"));
	}

	get line(): number | undefined {
		const place = this.#read();
		return place === ""
			? undefined
			: Number(place.slice(place.lastIndexOf(":") + 1));
	}

	#read(): string {
		this.#place ??= programPlace(this.#declared) ?? "";
		return this.#place;
	}
}
