/** Runs in a thread: how many primes there are below a number, which keeps a processor busy for as long as it takes. */
export default function countPrimes(below: number): number {
	const isComposite = new Uint8Array(below);
	let count = 0;
	for (let number = 2; number < below; number++) {
		if (isComposite[number] === 1) {
			continue;
		}
		count++;
		for (let multiple = number * 2; multiple < below; multiple += number) {
			isComposite[multiple] = 1;
		}
	}
	return count;
}
