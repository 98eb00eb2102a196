import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const entries = readdirSync(here('./src/entries')).map((name) => `src/entries/${name}`);

export default defineConfig({
  base: '/static/',
  resolve: {
    alias: [
      // vtk.js reaches an XML writer that needs Node; nothing here writes XML (docs/adr/0003)
      { find: 'xmlbuilder2', replacement: here('./src/stubs/xmlbuilder2.ts') },
      // a third of the viewer's code that would be parsed and run before the first image
      { find: 'dcmjs', replacement: here('./src/stubs/dcmjs.ts') },
      { find: /^\.\.\/WebGPU\/Profiles\/.*$/, replacement: here('./src/stubs/webgpu.ts') },
    ],
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    outDir: '../build/frontend',
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000,
    rolldownOptions: { input: entries },
  },
  test: {
    environment: 'happy-dom',
    include: ['tests/**/*.test.{ts,tsx}'],
    // a machine that does much else is no fault of what is tested
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
