export { TokenPool } from '../objects/token-pool';

export default {
  fetch: () => new Response('not built yet', { status: 503 }),
} satisfies ExportedHandler<Env>;
