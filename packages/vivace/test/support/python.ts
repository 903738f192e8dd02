import { spawnSync } from "node:child_process";

/** Debian's own, which has Debian's modules. */
export const python = "/usr/bin/python3";

/** Why tests with Python's `websockets` can't run here; undefined if they can. For the `skip` of a test. */
export const websocketsMissing: string | undefined =
	process.env.VIVACE_NO_SKIP === "1" ||
	spawnSync(python, ["-c", "import websockets"]).status === 0
		? undefined
		: "install python3-websockets";
