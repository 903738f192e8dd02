import { writeFileSync } from "node:fs";
import { before } from "node:test";
import { checkPort, type Row } from "./check-port.ts";
import { useWorkingFolder } from "./working-folder.ts";

useWorkingFolder();
before(() => writeFileSync("image.png", "a picture"));

const hero: Row = [
	"GET /items/foo",
	200,
	{ id: "foo", value: "there goes my hero" },
];
const absent: Row = ["GET /items/bar", 404, { message: "Item not found" }];
const picture: Row = ["GET /items/foo?img=1", 200, "a picture"];

checkPort("additional_responses.tutorial001", [hero, absent]);
checkPort("additional_responses.tutorial002", [hero, picture]);
checkPort("additional_responses.tutorial003", [hero, absent]);
checkPort("additional_responses.tutorial004", [hero, picture]);
