import "reflect-metadata";
import { Controller, Get, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { port } from "../resource.ts";
import { Inner } from "./resources.ts";

@Controller("admin")
class AdminController {
	constructor(private readonly inner: Inner) {}

	@Get()
	index() {
		return this.inner.use("request");
	}
}

@Module({ controllers: [AdminController], providers: [Inner] })
class AdminModule {}

@Controller()
class IndexController {
	@Get()
	index() {
		return "ready";
	}
}

@Module({ imports: [AdminModule], controllers: [IndexController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: false });
app.enableShutdownHooks();
await app.listen(port, "127.0.0.1");
