import { writeFile } from "node:fs/promises";
import { App, BackgroundTasks } from "vivace";

export const app = new App({ title: "FastAPI" });

async function writeNotification(email: string, message: string) {
	await writeFile("log.txt", `notification for ${email}: ${message}`);
}

app.post(
	"/send-notification/{email}",
	{ tasks: BackgroundTasks },
	function send_notification({ email, tasks }) {
		tasks.add(writeNotification, email, "some notification");
		return { message: "Notification sent in the background" };
	},
);
