/** The work's outcome, or a fatal `ETIMEDOUT` when it takes longer; the work itself goes on. */
export async function within<Value>(
	limitMs: number,
	work: Promise<Value>,
): Promise<Value> {
	let timer: NodeJS.Timeout | undefined;
	const limit = new Promise<never>((_, reject) => {
		timer = setTimeout(() => {
			const error = new Error(`no answer within ${limitMs} ms`);
			reject(Object.assign(error, { code: "ETIMEDOUT", fatal: true }));
		}, limitMs);
	});
	try {
		return await Promise.race([work, limit]);
	} finally {
		clearTimeout(timer);
		work.catch(() => undefined); // when the limit was first, nobody listens any longer
	}
}
