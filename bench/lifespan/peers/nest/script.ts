import "reflect-metadata";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { Database, QueueModule, StoresModule } from "./resources.ts";

@Module({ imports: [StoresModule, QueueModule] })
class ScriptModule {}

const context = await NestFactory.createApplicationContext(ScriptModule, {
	logger: false,
});
context.get(Database, { strict: false }).use("script");
await context.close();
