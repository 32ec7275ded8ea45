const NAME = '1.1 simulator';

/** Hands a request on to the host it names. A request that comes back here is stopped: RFC 9110, 7.6.3. */
export function forward(request: Request): Promise<Response> | Response {
  const via = request.headers.get('via');
  if (via?.includes(NAME) === true) {
    return new Response('This host is not played here', { status: 508 });
  }
  const headers = new Headers(request.headers);
  headers.set('via', via === null ? NAME : `${via}, ${NAME}`);
  return fetch(new Request(request, { headers, signal: request.signal }));
}
