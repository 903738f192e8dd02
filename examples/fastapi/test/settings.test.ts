import { after, before } from "node:test";
import { checkPort, type Row } from "./check-port.ts";
import { useWorkingFolder } from "./working-folder.ts";

useWorkingFolder(); // without a .env file
before(() => {
	process.env.ADMIN_EMAIL = "admin@example.com";
});
after(() => {
	delete process.env.ADMIN_EMAIL;
});

function info(admin_email: string): Row {
	const answer = { app_name: "Awesome API", admin_email, items_per_user: 50 };
	return ["GET /info", 200, answer];
}

const rows = [info("admin@example.com")];
const options = { hasDocument: false }; // that of an app with one path

checkPort("settings.tutorial001", rows, options);
checkPort("settings.app01.main", rows, options);
checkPort("settings.app02.main", rows, options);
checkPort(
	"settings.app02.test_main",
	[info("testing_admin@example.com")],
	options,
);
checkPort("settings.app03.main", rows, options);
