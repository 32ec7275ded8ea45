// What a cached hit is compared with: a read of the same bytes from the same store, and nothing else.
export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const name = searchParams.get('name');
    if (pathname === '/kv') return new Response(await env.KV.get(name, 'stream'));
    const range = { offset: Number(searchParams.get('at')), length: 2_097_152 };
    const object = await env.R2.get(name, { range });
    return new Response(object?.body, { status: object === null ? 404 : 200 });
  },
};
