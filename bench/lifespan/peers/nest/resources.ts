import {
	Injectable,
	Module,
	type OnApplicationShutdown,
	type OnModuleInit,
} from "@nestjs/common";
import { Resource } from "../resource.ts";

/** Released in the last hook, when connections are closed, as Nest's own database modules do. */
class ResourceService implements OnModuleInit, OnApplicationShutdown {
	#resource: Resource | undefined;

	constructor(private readonly name: string) {}

	async onModuleInit() {
		this.#resource = await Resource.acquire(this.name);
	}

	use(by: string) {
		return this.#resource?.use(by) ?? "";
	}

	async onApplicationShutdown() {
		await this.#resource?.release();
	}
}

@Injectable()
export class Database extends ResourceService {
	constructor() {
		super("database");
	}
}

@Injectable()
class Cache extends ResourceService {
	constructor() {
		super("cache");
	}
}

/** In one module, because Nest starts those of a module at the same time. */
@Module({ providers: [Database, Cache], exports: [Database, Cache] })
export class StoresModule {}

@Injectable()
class Queue extends ResourceService {
	constructor(readonly database: Database) {
		super("queue");
	}
}

@Module({ imports: [StoresModule], providers: [Queue], exports: [Queue] })
export class QueueModule {}

@Injectable()
export class Inner extends ResourceService {
	constructor() {
		super("inner");
	}
}
