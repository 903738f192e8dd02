import { App, HTMLResponse, WebSocket, WebSocketDisconnect } from "vivace";
import { z } from "zod";

export const app = new App({ title: "FastAPI" });

const html = `
<!DOCTYPE html>
<html>
    <head>
        <title>Chat</title>
    </head>
    <body>
        <h1>WebSocket Chat</h1>
        <h2>Your ID: <span id="ws-id"></span></h2>
        <form action="" onsubmit="sendMessage(event)">
            <input type="text" id="messageText" autocomplete="off"/>
            <button>Send</button>
        </form>
        <ul id='messages'>
        </ul>
        <script>
            var client_id = Date.now()
            document.querySelector("#ws-id").textContent = client_id;
            var ws = new WebSocket(\`ws://localhost:8000/ws/\${client_id}\`);
            ws.onmessage = function(event) {
                var messages = document.getElementById('messages')
                var message = document.createElement('li')
                var content = document.createTextNode(event.data)
                message.appendChild(content)
                messages.appendChild(message)
            };
            function sendMessage(event) {
                var input = document.getElementById("messageText")
                ws.send(input.value)
                input.value = ''
                event.preventDefault()
            }
        </script>
    </body>
</html>
`;

class ConnectionManager {
	readonly #active = new Set<WebSocket>();

	async connect(websocket: WebSocket): Promise<void> {
		await websocket.accept();
		this.#active.add(websocket);
	}

	disconnect(websocket: WebSocket): void {
		this.#active.delete(websocket);
	}

	async broadcast(message: string): Promise<void> {
		for (const connection of this.#active) {
			await connection.sendText(message);
		}
	}
}

const manager = new ConnectionManager();

app.get("/", function get() {
	return new HTMLResponse(html);
});

app.websocket(
	"/ws/{client_id}",
	{ websocket: WebSocket, client_id: z.int() },
	async function websocket_endpoint({ websocket, client_id }) {
		await manager.connect(websocket);
		try {
			while (true) {
				const data = await websocket.receiveText();
				await websocket.sendText(`You wrote: ${data}`);
				await manager.broadcast(`Client #${client_id} says: ${data}`);
			}
		} catch (error) {
			if (!(error instanceof WebSocketDisconnect)) {
				throw error;
			}
			manager.disconnect(websocket);
			await manager.broadcast(`Client #${client_id} left the chat`);
		}
	},
);
