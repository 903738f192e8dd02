import { App } from "vivace";
import { httpBearer } from "vivace/security";

export const app = new App({ title: "FastAPI" });

const bearer403 = httpBearer({ schemeName: "HTTPBearer403", status: 403 });

app.get("/me", { credentials: bearer403 }, function read_me({ credentials }) {
	return { message: "You are authenticated", token: credentials.credentials };
});
