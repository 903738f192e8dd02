import { serve } from "vivace";
import { guestbook } from "./app.ts";

await serve(guestbook("data/pictures"), { port: 8000 });
