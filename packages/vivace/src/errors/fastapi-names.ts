/** FastAPI's and Starlette's options, by their names there: the option here. What only differs in its humps needs no entry. */
export const fastApiNames: Readonly<Record<string, string>> = {
	status_code: "status",
	response_model: "response",
	model: "schema",
	response_model_include: "include",
	response_model_exclude: "exclude",
	response_model_exclude_unset: "excludeUnset",
	response_model_exclude_defaults: "excludeDefaults",
	response_model_exclude_none: "excludeNone",
	default_response_class: "responseClass",
	route_class: "routeMiddleware",
	generate_unique_id_function: "generateUniqueId",
	license_info: "license",
	openapi_external_docs: "externalDocs",
	on_startup: "lifespan",
	on_shutdown: "lifespan",
	openapi_prefix: "rootPath",
	prefix: "rootPath",
	validation_alias: "alias",
	serialization_alias: "alias",
	swagger_ui_oauth2_redirect_url: "swaggerUiOAuth2RedirectUrl",
	swagger_ui_init_oauth: "swaggerUiInitOAuth",
	minimum_size: "minimumSizeBytes",
	minimum_size_bytes: "minimumSizeBytes",
	data: "form",
	params: "query",
	allow_redirects: "followRedirects",
	check_dir: "checkDirectory",
	follow_symlink: "followSymlinks",
	raise_server_exceptions: "throwServerErrors",
};

const schemaSays = (example: string) => `the schema says it: ${example}`;

/** Options that have none here, with what to write instead. */
export const fastApiRemarks: Readonly<Record<string, string>> = {
	exception_handlers: "write app.exceptionHandler(SomeError, handler)",
	middleware:
		"write app.use(middleware), or routeMiddleware for path operations",
	routes: "write app.get(…), app.post(…), or app.include(router)",
	debug: "there is none: errors are logged, and clients see none of them",
	response_model_by_alias: "a codec in the schema renames fields",
	alias_priority: "a codec in the schema renames fields",
	scope: "scope is an option of dependency()",
	use_cache: "Depends(dependency, { useCache: false }) has it",
	default: schemaSays("z.int().default(10)"),
	default_factory: schemaSays("z.date().default(() => new Date())"),
	gt: schemaSays("z.int().gt(0)"),
	ge: schemaSays("z.int().min(0)"),
	lt: schemaSays("z.int().lt(10)"),
	le: schemaSays("z.int().max(10)"),
	multiple_of: schemaSays("z.int().multipleOf(5)"),
	min_length: schemaSays("z.string().min(3)"),
	max_length: schemaSays("z.string().max(50)"),
	pattern: schemaSays("z.string().regex(/^a/)"),
	regex: schemaSays("z.string().regex(/^a/)"),
	max_digits: schemaSays("z.string().regex(…)"),
	decimal_places: schemaSays("z.string().regex(…)"),
	allow_inf_nan: schemaSays("z.number() is finite"),
	discriminator: schemaSays('z.discriminatedUnion("type", […])'),
	json_schema_extra: schemaSays(".meta({ … })"),
	packages: "a folder is named by its path",
	example: "examples is a list: examples: [value]",
};

/** Options that there were, and what to write now. */
export const formerOptions: Readonly<Record<string, string>> = {
	bodyLimitBytes: "limits: { bodyBytes: 1_000_000 }",
};
