import { App } from "vivace";
import { httpBasic } from "vivace/security";

export const app = new App({ title: "FastAPI" });

const security = httpBasic();

app.get(
	"/users/me",
	{ credentials: security },
	function read_current_user({ credentials: { username, password } }) {
		return { username, password };
	},
);
