/**
 * The names of folders and file that lead to a path, from the folder that is served; `"none"` for what no file can be called, and
 * `"outside"` for what leads out of the folder on its way, also where it would come back.
 *
 * Empty and `.` segments are left out, `..` takes the one before it away, as Starlette has it. The path has been decoded once, and is
 * not decoded again: `%252e` is the name `%2e`.
 *
 * @param isWindows where more characters separate, and some names are devices
 */
export function pathSegments(
	path: string,
	isWindows: boolean,
): readonly string[] | "none" | "outside" {
	const isImpossible = isWindows ? notOnWindows : notAnywhere;
	const segments: string[] = [];
	for (const segment of path.split("/")) {
		if (isImpossible(segment)) {
			return "none";
		}
		if (segment === "..") {
			if (segments.pop() === undefined) {
				return "outside";
			}
		} else if (segment !== "" && segment !== ".") {
			segments.push(segment);
		}
	}
	return segments;
}

/** True when one of them is hidden; what a server has to offer in `/.well-known` (RFC 8615) is not. */
export function isHidden(segments: readonly string[]): boolean {
	return segments.some(
		(segment, index) =>
			segment.startsWith(".") && !(index === 0 && segment === ".well-known"),
	);
}

// a backslash is refused on every system: what is served on one would be another path on the next
function notAnywhere(segment: string): boolean {
	return segment.includes("\0") || segment.includes("\\");
}

const devices =
	/^(?:con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])(?:[. ].*)?$/i;

// Windows drops dots and blanks at the end, ":" begins a drive or a stream, and devices are found in every folder
function notOnWindows(segment: string): boolean {
	return (
		notAnywhere(segment) ||
		/[<>:"|?*]/.test(segment) ||
		[...segment].some((character) => character < " ") ||
		(/[. ]$/.test(segment) && segment !== "." && segment !== "..") ||
		devices.test(segment)
	);
}
