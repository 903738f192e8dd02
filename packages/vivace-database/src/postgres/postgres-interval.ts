/**
 * An interval in ISO 8601, as `IntervalStyle` `iso_8601` writes it: `P1Y2M-3DT4H5M6.7S`. Through a proxy a session may have the server's default
 * style, `postgres`: `1 year 2 mons -3 days +04:05:06.7`.
 *
 * @throws Error for the other two styles, which are ambiguous
 */
export function decodeInterval(text: string): string {
	if (text.startsWith("P")) {
		return text;
	}
	const [found, year, month, day, time] = style.exec(text) ?? [];
	if (found === undefined || text === "") {
		throw new Error(
			`the interval "${text}" is in a style that can't be read: alter role … set IntervalStyle = iso_8601.`,
		);
	}
	const date = part(year, "Y") + part(month, "M") + part(day, "D");
	const clock = time === undefined ? "" : clockOf(time);
	return date + clock === "" ? "PT0S" : `P${date}${clock && `T${clock}`}`;
}

const style =
	/^(?:(-?\d+) years?\s*)?(?:([-+]?\d+) mons?\s*)?(?:([-+]?\d+) days?\s*)?([-+]?\d+:\d\d:\d\d(?:\.\d+)?)?$/;

/** Each of hours, minutes and seconds has the sign of the whole. */
function clockOf(time: string): string {
	const sign = time.startsWith("-") ? "-" : "";
	const [hours, minutes, seconds] = time.replace(/^[-+]/, "").split(":");
	return (
		part(`${sign}${hours}`, "H") +
		part(`${sign}${minutes}`, "M") +
		part(`${sign}${seconds}`, "S")
	);
}

function part(text: string | undefined, unit: string): string {
	const number = Number(text ?? 0);
	return number === 0 ? "" : `${number}${unit}`;
}
