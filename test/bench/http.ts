/** Requests as text, whole. */

export function post(path: string, body: string, headers = ''): string {
  const type = body === '' ? '' : 'content-type: application/json\r\n';
  const length = `content-length: ${Buffer.byteLength(body)}\r\n`;
  return `POST ${path} HTTP/1.1\r\nhost: bench\r\n${headers}${type}${length}\r\n${body}`;
}

export function get(path: string, headers = ''): string {
  return `GET ${path} HTTP/1.1\r\nhost: bench\r\n${headers}\r\n`;
}
