import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin, runnerImport } from 'vite';

type Document = typeof import('../scripts/openapi/document');

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Writes the OpenAPI document beside the panel, drawn from the contracts both share. */
const openApi: Plugin = {
  name: 'openapi',
  apply: 'build',
  async generateBundle() {
    const { module } = await runnerImport<Document>(at('../scripts/openapi/document.ts'));
    const { version }: { version: string } = JSON.parse(
      readFileSync(at('../package.json'), 'utf8'),
    );
    const source = JSON.stringify(module.openApiDocument(version));
    this.emitFile({ type: 'asset', fileName: 'openapi.json', source });
  },
};

export default defineConfig(({ command }) => {
  // Tests build it too, under a NODE_ENV of their own: what is served is always the production build.
  if (command === 'build') process.env.NODE_ENV = 'production';
  return {
    plugins: [openApi],
    build: {
      // The panel, and the page that the API is read on without signing in.
      rolldownOptions: { input: { index: at('index.html'), docs: at('docs.html') } },
      target: 'es2022',
      emptyOutDir: true,
      // The policy of public/_headers allows no inline code and no data: scripts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    // `npx vite ui` beside `npm start`: the panel reloads, the gateway answers.
    server: { proxy: { '/api': 'http://127.0.0.1:8787', '/v1': 'http://127.0.0.1:8787' } },
  };
});
