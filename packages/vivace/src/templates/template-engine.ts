/** Makes texts of templates, see {@link templates}. */
export interface TemplateEngine {
	/**
	 * Compiles templates, once, before the first request.
	 *
	 * @throws Error that names template and line for one that can't be compiled: the app does not start
	 */
	open(folder: TemplateFolder): TemplateSet | Promise<TemplateSet>;
}

/** The templates that an engine is to compile. */
export interface TemplateFolder {
	/** Absolute paths; of a name the first that has it counts. */
	readonly directories: readonly string[];
	/** The files in them, from their folder, with `/` between names; those of hidden folders and files are left out. */
	readonly names: readonly string[];
	/** True when templates are read again each time: in development. */
	readonly reload: boolean;
}

/** Templates that were compiled. */
export interface TemplateSet {
	/**
	 * The text of a template.
	 *
	 * @param name as the program gives it
	 * @param context what the template knows; `request` and `urlFor` are in it
	 * @throws Error that names template and line when there is none, or what it does fails
	 */
	render(
		name: string,
		context: Readonly<Record<string, unknown>>,
	): string | Promise<string>;
}
