import { elements, nameOf } from './walk.ts';

/** What a hostile string would leave in the page, had it been read as HTML or as a link. */
export function dangers(): string[] {
  const faults: string[] = [];
  for (const element of elements()) {
    for (const { name, value } of element.attributes) {
      if (name.startsWith('on')) faults.push(`an ${name} attribute: ${nameOf(element)}`);
      const isAddress = ['href', 'src', 'action', 'formaction', 'xlink:href', 'poster'].includes(
        name,
      );
      if (isAddress && /^\s*(javascript|vbscript|data:text)/i.test(value)) {
        faults.push(`a link to ${value.slice(0, 30)}: ${nameOf(element)}`);
      }
    }
    const isOwn =
      element instanceof HTMLScriptElement && pathOf(element.src).startsWith('/assets/');
    if (element instanceof HTMLScriptElement && !isOwn) faults.push(`a script: ${element.text}`);
    if (element.localName === 'iframe') faults.push(`a frame: ${nameOf(element)}`);
  }
  if ('hostile' in globalThis) faults.push('a hostile script ran');
  return faults;
}

function pathOf(address: string): string {
  return address === '' ? '' : new URL(address, location.href).pathname;
}
