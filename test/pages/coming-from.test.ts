import { testPages } from "./each-page.ts";

testPages("docs/coming-from/*.md", 5);
