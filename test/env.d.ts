declare namespace Cloudflare {
  interface Env {
    readonly TEST_MIGRATIONS: import('cloudflare:test').D1Migration[];
  }
}

/** A file as text, through Vite. */
declare module '*?raw' {
  const text: string;
  export default text;
}
