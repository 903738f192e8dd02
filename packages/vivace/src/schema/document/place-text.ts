/** `["properties", "items", "items", "properties", "owner"]` as `items[].owner`. */
export function placeText(path: readonly (string | number)[]): string {
	let text = "";
	for (let index = 0; index < path.length; index += 1) {
		const keyword = path[index];
		if (keyword === "properties") {
			index += 1;
			text += `${text && "."}${path[index]}`;
		} else if (keyword === "items") {
			text += "[]";
		} else if (keyword === "additionalProperties") {
			text += "[key]";
		} else if (keyword === "prefixItems") {
			index += 1;
			text += `[${path[index]}]`;
		}
	}
	return text;
}
