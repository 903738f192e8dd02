import { serve } from "vivace";
import { app } from "./app.ts";
import { config } from "./settings.ts";

await serve(app, { host: config.host, port: config.port });
