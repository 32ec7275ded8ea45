declare namespace Cloudflare {
  interface Env {
    readonly TEST_MIGRATIONS: import('cloudflare:test').D1Migration[];
    readonly TEST_FILES: R2Bucket;
  }
}

/** A file as text, through Vite. */
declare module '*?raw' {
  const text: string;
  export default text;
}
