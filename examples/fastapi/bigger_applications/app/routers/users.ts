import { Router } from "vivace";

export const router = new Router({ tags: ["users"] });

router.get("/users/", function read_users() {
	return [{ username: "Rick" }, { username: "Morty" }];
});

router.get("/users/me", function read_user_me() {
	return { username: "fakecurrentuser" };
});

router.get("/users/{username}", function read_user({ username }) {
	return { username };
});
