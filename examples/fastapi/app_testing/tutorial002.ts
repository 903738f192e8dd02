import { App, WebSocket } from "vivace";

export const app = new App({ title: "FastAPI" });

app.get("/", function read_main() {
	return { msg: "Hello World" };
});

app.websocket(
	"/ws",
	{ websocket: WebSocket },
	async function websocket_endpoint({ websocket }) {
		await websocket.accept();
		await websocket.sendJson({ msg: "Hello WebSocket" });
		await websocket.close();
	},
);
