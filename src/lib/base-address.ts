/**
 * Whether a secret may be sent to what begins with this address: https, or http on loopback where that is
 * allowed; paths can be added to it.
 */
export function isSafeBase(url: URL, allowLoopback: boolean): boolean {
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return false;
  }
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && allowLoopback && isLoopback(url.hostname);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host);
}
