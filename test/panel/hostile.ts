/** Strings that run something wherever text is taken for HTML, for an attribute or for a link (D-13, D-14). */
export const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  `'"><script>alert(1)</script>`,
  'javascript:alert(1)',
  `' onmouseover='globalThis.hostile=1`,
  '</textarea><svg onload=alert(1)>',
] as const;
