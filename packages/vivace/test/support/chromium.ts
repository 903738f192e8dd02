import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const program = "/usr/bin/chromium";

/** Why tests with a browser can't run here; undefined if they can. For the `skip` of a test. */
export const chromiumMissing: string | undefined =
	existsSync(program) || process.env.VIVACE_NO_SKIP === "1"
		? undefined
		: "install chromium";

/** Debian's Chromium, without a window and without asking its makers for anything. `await using` closes it. */
export function startChromium(): Promise<Browser> {
	return chromium.launch({
		executablePath: program,
		args: [
			"--no-sandbox",
			"--disable-gpu",
			"--disable-quic",
			"--no-first-run",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
		],
	});
}
