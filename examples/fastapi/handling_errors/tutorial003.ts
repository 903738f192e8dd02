import { App, JSONResponse } from "vivace";

class UnicornError extends Error {
	override readonly name = "UnicornError";
	readonly unicorn: string;

	constructor(unicorn: string) {
		super(`${unicorn} did something`);
		this.unicorn = unicorn;
	}
}

export const app = new App({ title: "FastAPI" });

app.exceptionHandler(UnicornError, (_request, error) => {
	const message = `Oops! ${error.unicorn} did something. There goes a rainbow...`;
	return new JSONResponse({ message }, { status: 418 });
});

app.get("/unicorns/{name}", function read_unicorn({ name }) {
	if (name === "yolo") {
		throw new UnicornError(name);
	}
	return { unicorn_name: name };
});
