// Builds the *.bundle.* files of all apps for Desk, which the published wheel has the sources of, not the results.
// node build.mjs HOST SITES APP=PUBLIC_FOLDER...
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compileScript, compileStyle, compileTemplate, parse } from "@vue/compiler-sfc";
import * as esbuild from "esbuild";
import * as sass from "sass";

const [host, sites, ...apps] = process.argv.slice(2);
const modules = join(dirname(fileURLToPath(import.meta.url)), "node_modules");
// Editors of forms, workflows and print formats, and error reports to a service: a third of the packages.
const SKIPPED = /^(form_builder|workflow_builder|print_format_builder|sentry)\.bundle\./;

// import "x.html" registers the text as a template.
const html = {
	name: "html",
	setup(build) {
		build.onLoad({ filter: /\.html$/ }, ({ path }) => {
			const text = readFileSync(path, "utf8").replaceAll("`", "\\`");
			return { contents: `frappe.templates["${basename(path, ".html")}"] = \`${text}\`;` };
		});
	},
};

const vue = {
	name: "vue",
	setup(build) {
		build.onLoad({ filter: /\.vue$/ }, ({ path }) => {
			const id = "v" + Buffer.from(path).toString("hex").slice(-12);
			const { descriptor } = parse(readFileSync(path, "utf8"), { filename: path });
			const scoped = descriptor.styles.some((style) => style.scoped);
			const scopeId = scoped ? `data-${id}` : undefined;
			const script = descriptor.script || descriptor.scriptSetup
				? compileScript(descriptor, { id, genDefaultAs: "component" })
				: { content: "const component = {};" };
			const template = compileTemplate({
				id,
				filename: path,
				source: descriptor.template.content,
				scoped,
				compilerOptions: { bindingMetadata: script.bindings, scopeId },
			});
			const css = descriptor.styles
				.map((style) => style.content.replace(/(@import "[^"]+)\.css"/g, '$1"')) // take it in
				.map((source) => sass.compileString(source, { loadPaths: [modules] }).css)
				.map((source, i) => compileStyle({ source, id: `data-${id}`, filename: path, scoped: descriptor.styles[i].scoped }).code)
				.join("\n");
			return {
				resolveDir: dirname(path),
				contents: `${script.content}\n${template.code}\ncomponent.render = render;
					${scopeId ? `component.__scopeId = "${scopeId}";` : ""}
					${css.trim() ? `frappe.dom.set_style(${JSON.stringify(css)});` : ""}
					export default component;`,
			};
		});
	},
};

// In these files "~package" is a package, and "frappe/public/..." and "x.css" are to be taken in.
const importer = {
	findFileUrl(url) {
		const path = url.replace(/^~/, "").replace(/\.css$/, "");
		const folder = url.startsWith("~") || path.startsWith("frappe/public/node_modules") ? modules : host;
		return pathToFileURL(join(folder, path.replace("frappe/public/node_modules/", "")));
	},
};
const scss = {
	name: "scss",
	setup(build) {
		build.onLoad({ filter: /\.scss$/ }, ({ path }) => {
			const source = readFileSync(path, "utf8");
			const { css } = sass.compileString(source, {
				url: pathToFileURL(path),
				importers: [importer],
				loadPaths: [dirname(path), modules],
				logger: sass.Logger.silent,
			});
			return { contents: css, loader: "css", resolveDir: dirname(path) };
		});
		build.onResolve({ filter: /^\/assets\// }, ({ path }) => ({ path, external: true }));
	},
};

function bundles(folder) {
	return readdirSync(folder, { recursive: true })
		.filter((name) => /\.bundle\.(js|ts|css|scss)$/.test(name) && !/(^|\/)(dist|node_modules)\//.test(name))
		.filter((name) => !SKIPPED.test(basename(name)))
		.map((name) => join(folder, name));
}

const assets = {};
const out = join(sites, "assets", "dist");
rmSync(out, { recursive: true, force: true });
for (const [app, folder] of apps.map((pair) => pair.split("="))) {
	if (!existsSync(folder)) continue;
	const result = await esbuild.build({
		entryPoints: bundles(folder),
		outdir: join(out, app),
		outbase: folder,
		entryNames: "[name].[hash]",
		bundle: true,
		metafile: true,
		minify: true,
		target: "es2020",
		nodePaths: [modules, host],
		plugins: [html, vue, scss],
		loader: { ".svg": "dataurl", ".woff": "file", ".woff2": "file", ".ttf": "file", ".eot": "file", ".png": "file" },
		define: {
			"process.env.NODE_ENV": '"production"',
			__VUE_OPTIONS_API__: "true",
			__VUE_PROD_DEVTOOLS__: "false",
		},
		logLevel: "error",
	});
	for (const [path, { entryPoint }] of Object.entries(result.metafile.outputs)) {
		if (!entryPoint) continue;
		const name = basename(entryPoint).replace(/\.scss$/, ".css").replace(/\.ts$/, ".js");
		assets[name] = "/" + relative(sites, resolve(path));
	}
}
mkdirSync(join(sites, "assets"), { recursive: true });
writeFileSync(join(sites, "assets", "assets.json"), JSON.stringify(assets, null, 1));
console.log(`${Object.keys(assets).length} bundles`);
