import { useData, withBase } from "vitepress";
import { type Component, defineComponent, h, onMounted, ref } from "vue";

/**
 * The releases that the site has, as a choice. They stand in `releases.json` beside the releases' folders, so that a page of an old
 * release knows the newer ones; a choice leads to the same page if that release has it, else to its first page.
 */
export const releaseList: Component = defineComponent(() => {
	const { theme, page } = useData<{ release: string; siteBase: string }>();
	const { release, siteBase } = theme.value;
	const releases = ref([release]);
	onMounted(async () => {
		// served by `docs:dev` there is one release and no list
		const answer = await fetch(`${siteBase}releases.json`).catch(() => null);
		if (answer?.headers.get("content-type")?.includes("json") === true) {
			releases.value = (await answer.json()).releases;
		}
	});
	async function open(chosen: string): Promise<void> {
		const own = withBase(`/${page.value.relativePath}`)
			.replace(/index\.md$/, "")
			.replace(/\.md$/, ".html");
		const target = own.replace(`/${release}/`, `/${chosen}/`);
		const { ok } = await fetch(target, { method: "HEAD" });
		location.href = ok ? target : `${siteBase}${chosen}/`;
	}
	return () =>
		h("label", { class: "release-list" }, [
			h("span", { class: "visually-hidden" }, "Release"),
			h(
				"select",
				{
					value: release,
					onChange: (event: Event) =>
						open((event.target as HTMLSelectElement).value),
				},
				releases.value.map((name) => h("option", { value: name }, name)),
			),
		]);
});
