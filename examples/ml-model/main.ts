import { serve } from "vivace";
import { app } from "./app.ts";

await serve(app, { port: Number(process.env.PORT ?? 8000) });
