import "reflect-metadata";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import {
	type CallHandler,
	Controller,
	type ExecutionContext,
	Get,
	HttpCode,
	Injectable,
	Module,
	type NestInterceptor,
	Post,
	Req,
	Res,
	StreamableFile,
	UseInterceptors,
} from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { catchError, concatMap, finalize } from "rxjs";
import { chunkMs, port, Session } from "../resource.ts";

interface SessionRequest {
	session: Session;
}

// a request-scoped provider has no hook for its end: an interceptor stands around the handler
@Injectable()
class SessionInterceptor implements NestInterceptor {
	intercept(context: ExecutionContext, next: CallHandler) {
		const request = context.switchToHttp().getRequest<SessionRequest>();
		const session = new Session();
		request.session = session;
		return next.handle().pipe(
			concatMap(async (value: unknown) => {
				await session.commit();
				return value;
			}),
			catchError(async (error: unknown) => {
				await session.rollback();
				throw error;
			}),
			finalize(() => session.close()),
		);
	}
}

@Controller()
class IndexController {
	@Get()
	index() {
		return "ready";
	}
}

@Controller()
@UseInterceptors(SessionInterceptor)
class SessionController {
	@Post("write")
	@HttpCode(200)
	write(@Req() { session }: SessionRequest) {
		session.use("write");
		return { written: true };
	}

	@Post("conflict")
	conflict(
		@Req() { session }: SessionRequest,
		@Res({ passthrough: true }) response: { status(code: number): unknown },
	) {
		session.use("write");
		response.status(409);
		return { detail: "exists" };
	}

	@Get("export")
	export(@Req() { session }: SessionRequest) {
		async function* rows() {
			for (let row = 1; row <= 5; row += 1) {
				session.use(`row ${row}`);
				yield Buffer.from(`${row}\n`);
				await wait(chunkMs);
			}
		}
		return new StreamableFile(Readable.from(rows()));
	}
}

@Module({ controllers: [IndexController, SessionController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(port, "127.0.0.1");
