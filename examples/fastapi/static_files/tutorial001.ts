import { App } from "vivace";
import { staticFiles } from "vivace/static";

export const app = new App({ title: "FastAPI" });

app.mount("/static", staticFiles("static"), { name: "static" });
