import { defineConfig } from "vite";

// Fixed names, so that a rebuilt bundle can be compared with the committed one; nothing inline, for the page's policy.
export default defineConfig({
  base: "./",
  build: {
    outDir: "../src/workings/web/static",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        entryFileNames: "assets/page.js",
        chunkFileNames: "assets/[name].js",
        assetFileNames: "assets/page[extname]",
      },
    },
  },
});
