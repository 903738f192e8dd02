import { serve } from "vivace";
import { createApp } from "./app.ts";
import { readSettings } from "./settings.ts";

const settings = readSettings();

await serve(createApp(settings), { host: settings.host, port: settings.port });
