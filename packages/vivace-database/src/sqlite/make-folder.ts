import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and those around it, if they are not there. Node's own way (`recursive`) never ends where a file system takes no folder
 * though the one around is there, as below `/proc`: it makes that one again and again.
 *
 * @throws the error of `node:fs` for the first one that can't be made
 */
export async function makeFolder(path: string): Promise<void> {
	if (await isFolder(path)) {
		return;
	}
	const around = dirname(path);
	if (around !== path) {
		await makeFolder(around);
	}
	try {
		await mkdir(path);
	} catch (error) {
		// another process may have made it meanwhile
		if (!(await isFolder(path))) {
			throw error;
		}
	}
}

async function isFolder(path: string): Promise<boolean> {
	const found = await stat(path).catch(() => undefined); // making it says what is wrong
	return found?.isDirectory() === true;
}
