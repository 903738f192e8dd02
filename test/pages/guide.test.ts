import { testPages } from "./each-page.ts";

testPages("docs/guide/*.md", 8);
