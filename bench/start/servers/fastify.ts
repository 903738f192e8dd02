import swagger from "@fastify/swagger";
import Fastify from "fastify";
import {
	createJsonSchemaTransform,
	createJsonSchemaTransformObject,
	serializerCompiler,
	validatorCompiler,
	type ZodTypeProvider,
} from "fastify-type-provider-zod";
import { z } from "zod";
import { measurePhases } from "./phases.ts";
import { routeCount, routeSchemas } from "./schemas.ts";

const app = Fastify().withTypeProvider<ZodTypeProvider>();
app.setValidatorCompiler(validatorCompiler);
app.setSerializerCompiler(serializerCompiler);

await measurePhases({
	declare() {
		app.register(swagger, {
			openapi: {
				openapi: "3.1.0",
				info: { title: "Fastify", version: "0.1.0" },
			},
			transform: createJsonSchemaTransform({}),
			transformObject: createJsonSchemaTransformObject({}),
		});
		app.register(async (scope) => {
			const routes = scope.withTypeProvider<ZodTypeProvider>();
			for (let index = 0; index < routeCount; index += 1) {
				const { id, query, body, answer } = routeSchemas(index);
				routes.put(
					`/items${index}/:id`,
					{
						schema: {
							params: z.object({ id }),
							querystring: query,
							body,
							response: { 200: answer },
						},
					},
					async ({ params, body: item }) => ({ id: params.id, ...item }),
				);
			}
		});
	},
	start: () => app.ready(),
	document: () => app.swagger(),
	stop: () => app.close(),
});
