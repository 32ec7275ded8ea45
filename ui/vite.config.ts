import { defineConfig } from 'vite';

export default defineConfig(({ command }) => {
  // Tests build it too, under a NODE_ENV of their own: what is served is always the production build.
  if (command === 'build') process.env.NODE_ENV = 'production';
  return {
    build: {
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
