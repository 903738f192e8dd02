import { appendFile } from "node:fs/promises";
import { App, BackgroundTasks, dependency } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

function writeLog(message: string) {
	return appendFile("log.txt", message);
}

const query = dependency(
	{ tasks: BackgroundTasks, q: z.string().nullish() },
	({ tasks, q }) => {
		if (q) {
			tasks.add(writeLog, `found query: ${q}\n`);
		}
		return q;
	},
);

app.post(
	"/send-notification/{email}",
	{ tasks: BackgroundTasks, q: query },
	function send_notification({ email, tasks }) {
		tasks.add(writeLog, `message to ${email}\n`);
		return { message: "Message sent" };
	},
);
