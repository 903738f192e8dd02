import { App, dependency, HTTPException } from "vivace";
import { httpBasic, sameSecret } from "vivace/security";

export const app = new App({ title: "FastAPI" });

const security = httpBasic();

const getCurrentUsername = dependency(
	{ credentials: security },
	({ credentials: { username, password } }) => {
		// both are compared, whichever is wrong
		const isCorrectUsername = sameSecret(username, "stanleyjobson");
		const isCorrectPassword = sameSecret(password, "swordfish");
		if (!(isCorrectUsername && isCorrectPassword)) {
			throw new HTTPException(401, "Incorrect username or password", {
				headers: { "WWW-Authenticate": "Basic" },
			});
		}
		return username;
	},
);

app.get(
	"/users/me",
	{ username: getCurrentUsername },
	function read_current_user({ username }) {
		return { username };
	},
);
