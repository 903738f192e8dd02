import { App, Response } from "vivace";

export const app = new App({ title: "FastAPI" });

const shampoo = `<?xml version="1.0"?>
    <shampoo>
    <Header>
        Apply shampoo here.
    </Header>
    <Body>
        You'll have to use soap here.
    </Body>
    </shampoo>
    `;

app.get("/legacy/", function get_legacy_data() {
	return new Response(shampoo, { mediaType: "application/xml" });
});
