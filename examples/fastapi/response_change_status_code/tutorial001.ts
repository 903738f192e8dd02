import { App, Response } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const tasks = new Map([["foo", "Listen to the Bar Fighters"]]);

app.put(
	{ path: "/get-or-create-task/{task_id}", status: 200 },
	{ task_id: z.string(), response: Response },
	function get_or_create_task({ task_id, response }) {
		if (!tasks.has(task_id)) {
			tasks.set(task_id, "This didn't exist before");
			response.status = 201;
		}
		return tasks.get(task_id);
	},
);
