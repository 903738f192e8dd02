import "reflect-metadata";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { Controller, Get, Module, Sse, StreamableFile } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { interval, map } from "rxjs";
import { chunkCount, chunkMs, port, slowMs } from "../resource.ts";
import { Database, QueueModule, StoresModule } from "./resources.ts";

@Controller()
class ServingController {
	constructor(private readonly database: Database) {}

	@Get()
	index() {
		return this.database.use("request");
	}

	@Get("slow")
	async slow() {
		this.database.use("slow begin");
		await wait(slowMs);
		return this.database.use("slow end");
	}

	@Sse("events")
	events() {
		return interval(chunkMs).pipe(
			map((tick) => ({ data: this.database.use(`chunk ${tick + 1}`) })),
		);
	}

	@Get("download")
	download() {
		return new StreamableFile(Readable.from(this.#ticks()));
	}

	async *#ticks() {
		for (let tick = 1; tick <= chunkCount; tick += 1) {
			yield Buffer.from(`${this.database.use(`chunk ${tick}`)}\n`);
			await wait(chunkMs);
		}
	}
}

@Module({
	imports: [StoresModule, QueueModule],
	controllers: [ServingController],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ["error"] });
app.enableShutdownHooks();
await app.listen(port, "127.0.0.1");
