import { App } from "vivace";
import { oauth2PasswordBearer } from "vivace/security";

export const app = new App({ title: "FastAPI" });

const oauth2Scheme = oauth2PasswordBearer({ tokenUrl: "token" });

app.get("/items/", { token: oauth2Scheme }, function read_items({ token }) {
	return { token };
});
