// What there is to compare with: asks upstream with a constant body and returns the answer as it is.
const headers = { 'content-type': 'application/json', authorization: 'Bearer none' };
const messages = [{ role: 'user', content: 'Say hello.' }];
const bodies = {
  '/stream': JSON.stringify({ model: 'deepseek-chat', stream: true, messages }),
  '/json': JSON.stringify({ model: 'deepseek-chat', messages }),
};

export default {
  async fetch(request, env) {
    const body = bodies[new URL(request.url).pathname];
    const upstream = await env.EGRESS.fetch('http://upstream/', { method: 'POST', headers, body });
    return new Response(upstream.body, upstream);
  },
};
