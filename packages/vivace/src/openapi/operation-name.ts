import { titleCase } from "../schema/document/title-case.ts";

/** The parts of an operation that its name is made from. */
export interface NamedOperation {
	/** The handler's name; empty: none. */
	readonly name: string;
	readonly path: string;
	readonly method: string;
}

/**
 * FastAPI's id of an operation: name, path and method, with `_` for what is neither letter nor digit:
 * `read_item_items__item_id__get`. Without a name: path and method.
 */
export function uniqueIdOf({ name, path, method }: NamedOperation): string {
	const text = `${name}${path}`.replace(/[^\p{L}\p{N}_]/gu, "_");
	const id = name === "" ? text.replace(/^_+/, "") || "root" : text;
	return `${id}_${method.toLowerCase()}`;
}

/** A handler's name in words, humps counting as underscores: `read_item` and `readItem` → `Read Item`. Without a name: method and path. */
export function summaryOf({ name, path, method }: NamedOperation): string {
	if (name === "") {
		return `${method.toUpperCase()} ${path}`;
	}
	const underscored = name
		.replace(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})/gu, "_")
		.replace(/(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, "_");
	return titleCase(underscored);
}
