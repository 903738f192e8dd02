import "reflect-metadata";
import {
	type ArgumentsHost,
	Body,
	type CanActivate,
	Catch,
	Controller,
	type ExceptionFilter,
	type ExecutionContext,
	Get,
	HttpCode,
	HttpException,
	Injectable,
	Module,
	Param,
	Post,
	Query,
	Req,
	SerializeOptions,
	StandardSchemaSerializerInterceptor,
	StandardSchemaValidationPipe,
	UnauthorizedException,
	UseGuards,
	UseInterceptors,
} from "@nestjs/common";
import { NestFactory, Reflector } from "@nestjs/core";
import {
	FastifyAdapter,
	type NestFastifyApplication,
} from "@nestjs/platform-fastify";
import { z } from "zod";

const ItemPath = z.object({ item_id: z.coerce.number().int() });
const ItemQuery = z.object({
	q: z.string().optional(),
	limit: z.coerce.number().int().min(1).max(100).default(10),
});
const Order = z.object({
	name: z.string().min(1).max(100),
	price: z.number().gt(0),
	quantity: z.int().min(1),
	tags: z.array(z.string()),
	secret: z.string(),
});
const StoredOrder = z.object({ id: z.int(), ...Order.shape }).omit({
	secret: true,
});

interface User {
	name: string;
	roles: string[];
}
interface AuthorizedRequest {
	headers: { authorization?: string };
	profile: User & { region: string };
}

@Injectable()
class Settings {
	readonly region = "eu";
}

@Injectable()
class Tokens {
	read(request: AuthorizedRequest): string {
		const authorization = request.headers.authorization;
		if (authorization?.startsWith("Bearer ") !== true) {
			throw new UnauthorizedException("Not authenticated");
		}
		return authorization.slice("Bearer ".length);
	}
}

@Injectable()
class Users {
	readonly #users = new Map<string, User>([
		["alice-token", { name: "alice", roles: ["reader", "writer"] }],
	]);
	async find(token: string): Promise<User> {
		const user = this.#users.get(token);
		if (user === undefined) {
			throw new UnauthorizedException("Not authenticated");
		}
		return user;
	}
}

@Injectable()
class ProfileGuard implements CanActivate {
	constructor(
		private readonly settings: Settings,
		private readonly tokens: Tokens,
		private readonly users: Users,
	) {}

	async canActivate(context: ExecutionContext): Promise<boolean> {
		const request = context.switchToHttp().getRequest<AuthorizedRequest>();
		const user = await this.users.find(this.tokens.read(request));
		request.profile = { ...user, region: this.settings.region };
		return true;
	}
}

@Controller()
class BenchController {
	@Get("hello")
	hello() {
		return { message: "Hello, world!" };
	}

	@Get("items/:item_id")
	readItem(
		@Param({ schema: ItemPath }) { item_id }: z.infer<typeof ItemPath>,
		@Query({ schema: ItemQuery }) { q, limit }: z.infer<typeof ItemQuery>,
	) {
		return { item_id, q, limit };
	}

	@Post("orders")
	@HttpCode(200)
	@UseInterceptors(StandardSchemaSerializerInterceptor)
	@SerializeOptions({ schema: StoredOrder })
	createOrder(@Body({ schema: Order }) order: z.infer<typeof Order>) {
		return { id: 1, ...order };
	}

	@Get("me")
	@UseGuards(ProfileGuard)
	readProfile(@Req() request: AuthorizedRequest) {
		return request.profile;
	}
}

@Catch(HttpException)
class DetailFilter implements ExceptionFilter {
	catch(exception: HttpException, host: ArgumentsHost) {
		const status = exception.getStatus();
		host
			.switchToHttp()
			.getResponse()
			// a body that is no JSON
			.code(status === 400 ? 422 : status)
			.send({
				detail: status === 404 ? "Not Found" : exception.message,
			});
	}
}

@Module({
	controllers: [BenchController],
	providers: [Settings, Tokens, Users, ProfileGuard, Reflector],
})
class BenchModule {}

const app = await NestFactory.create<NestFastifyApplication>(
	BenchModule,
	new FastifyAdapter(),
	{ logger: false },
);
app.useGlobalPipes(
	new StandardSchemaValidationPipe({ errorHttpStatusCode: 422 }),
);
app.useGlobalFilters(new DetailFilter());
await app.listen(Number(process.env.PORT), "127.0.0.1");
