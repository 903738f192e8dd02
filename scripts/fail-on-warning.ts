/**
 * Imported by every test file: a process warning that no test asked for (a listener that leaks, something deprecated) is an
 * uncaught error, so that the test fails. A test that listens to `warning` itself answers for what it hears.
 */
process.on("warning", failOnWarning);
const ownListeners = process.listenerCount("warning");

function failOnWarning(warning: Error): void {
	if (process.listenerCount("warning") <= ownListeners) {
		throw warning;
	}
}
