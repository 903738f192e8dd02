import { Router } from "vivace";

export const router = new Router();

router.post("/", function update_admin() {
	return { message: "Admin getting schwifty" };
});
