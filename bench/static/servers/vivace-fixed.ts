import { App, serve } from "vivace";
import { staticFiles } from "vivace/static";

const app = new App();

app.mount("/", staticFiles(process.env.FILES ?? "", { mayChange: false }));

await serve(app, { port: Number(process.env.PORT) });
