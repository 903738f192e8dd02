/**
 * The title that Pydantic gives a field, from its name: `_` becomes a blank and every run of letters begins with a capital and goes
 * on in lower case, as Python's `str.title` writes it: `item_id` → `Item Id`, `x-token` → `X-Token`, `itemId` → `Itemid`.
 */
export function titleCase(name: string): string {
	return name
		.replace(
			/\p{L}+/gu,
			(word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase(),
		)
		.replaceAll("_", " ");
}
