import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const entries = readdirSync(here('./src/entries')).map((name) => `src/entries/${name}`);

export default defineConfig({
  base: '/static/',
  resolve: {
    // vtk.js reaches an XML writer that needs Node; nothing here writes XML (docs/adr/0003)
    alias: { xmlbuilder2: here('./src/stubs/xmlbuilder2.ts') },
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
  test: { environment: 'happy-dom', include: ['tests/**/*.test.{ts,tsx}'] },
});
