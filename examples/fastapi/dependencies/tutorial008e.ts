import { App, dependency } from "vivace";

export const app = new App({ title: "FastAPI" });

const username = dependency(
	function* username() {
		try {
			yield "Rick";
		} finally {
			console.error("Cleaning up before the response is sent");
		}
	},
	{ scope: "function" },
);

app.get("/users/me", { username }, function get_user_me({ username }) {
	return username;
});
