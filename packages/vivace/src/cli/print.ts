/** Writes to standard output; resolves when it has left, so that the process may end. */
export function print(text: string): Promise<void> {
	return new Promise((resolve, reject) => {
		process.stdout.write(`${text}\n`, (error) =>
			error ? reject(error) : resolve(),
		);
	});
}
