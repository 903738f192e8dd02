export { etaEngine } from "./templates/eta-engine.ts";
export type {
	TemplateEngine,
	TemplateFolder,
	TemplateSet,
} from "./templates/template-engine.ts";
export { TemplateResponse } from "./templates/template-response.ts";
export {
	type AnyPages,
	type ContextProcessor,
	type Render,
	type TemplateGlobals,
	type TemplatesOptions,
	templates,
} from "./templates/templates.ts";
