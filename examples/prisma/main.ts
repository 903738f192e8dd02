import { serve } from "vivace";
import { app } from "./app.ts";

await serve(app);
