// Bundles src/ into ../static/build and writes build.json, which web/pages/assets.py reads.
// MapLibre's three files stay as published: its worker loads one of them by itself.
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = join(here, "../static/build");
const maplibre = join(here, "node_modules/maplibre-gl");
const { version } = JSON.parse(await readFile(join(maplibre, "package.json"), "utf8"));
const library = `maplibre-${version}`;

await mkdir(out, { recursive: true });
for (const file of await readdir(out)) {
  if (file !== ".made") await rm(join(out, file), { recursive: true });
}
await mkdir(join(out, library));
for (const file of ["maplibre-gl.mjs", "maplibre-gl-shared.mjs", "maplibre-gl-worker.mjs"]) {
  await copyFile(join(maplibre, "dist", file), join(out, library, file));
}

// Both licences ask to be passed on with what they cover.
const font = join(here, "node_modules/@fontsource-variable/atkinson-hyperlegible-next");
await copyFile(join(maplibre, "LICENSE.txt"), join(out, library, "LICENSE.txt"));
await copyFile(join(font, "LICENSE"), join(out, "atkinson-hyperlegible-next-LICENSE.txt"));

const keepMaplibre = {
  name: "keep-maplibre",
  setup(bundle) {
    bundle.onResolve({ filter: /^maplibre-gl$/ }, () => ({
      path: `./${library}/maplibre-gl.mjs`,
      external: true,
    }));
  },
};

const result = await build({
  entryPoints: { main: join(here, "src/main.ts"), bundle: join(here, "src/bundle.css") },
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  sourcemap: false,
  metafile: true,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file" },
  define: { WORKER_URL: JSON.stringify(`./${library}/maplibre-gl-worker.mjs`) },
  plugins: [keepMaplibre],
});

const made = {};
for (const [path, facts] of Object.entries(result.metafile.outputs)) {
  if (facts.entryPoint?.endsWith("src/main.ts")) made.js = basename(path);
  if (facts.entryPoint?.endsWith("src/bundle.css")) made.css = basename(path);
}
await writeFile(join(out, "build.json"), `${JSON.stringify(made)}\n`);
