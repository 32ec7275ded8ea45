/**
 * Node tests import the Worker's source, so both sets of types are present. The Worker's `URL` wins;
 * with these it may be handed to Node's functions.
 */
interface URLSearchParams {
  entries(): URLSearchParamsIterator<[string, string]>;
  keys(): URLSearchParamsIterator<string>;
  values(): URLSearchParamsIterator<string>;
  [Symbol.iterator](): URLSearchParamsIterator<[string, string]>;
}

type URLSearchParamsIterator<T> = import('node:url').URLSearchParamsIterator<T>;
