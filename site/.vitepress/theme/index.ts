import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { h } from "vue";
import { releaseList } from "./release-list.ts";
import "./style.css";

export default {
	extends: DefaultTheme,
	Layout: () =>
		h(DefaultTheme.Layout, null, {
			"nav-bar-content-after": () => h(releaseList),
			"nav-screen-content-after": () => h(releaseList),
		}),
} satisfies Theme;
