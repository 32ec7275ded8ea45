import { css } from 'lit';

/** How an answer's own elements look. */
export const markdownStyles = css`
  .blocks {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.625rem;
  }
  .blocks > :empty {
    display: none;
  }
  ul,
  ol,
  blockquote,
  pre,
  dl {
    margin: 0;
  }
  ul,
  ol {
    padding-inline-start: 1.5rem;
  }
  h1,
  h2,
  h3 {
    padding-top: 0.25rem;
  }
  blockquote {
    padding-inline-start: 0.75rem;
    border-inline-start: 3px solid var(--line);
    color: var(--muted);
  }
  hr {
    width: 100%;
    margin: 0;
    border: 0;
    border-top: 1px solid var(--line);
  }
  code {
    padding: 0.0625rem 0.25rem;
    border-radius: var(--radius-small);
    background: var(--ground);
    font-family: var(--mono);
    font-size: 0.875em;
  }
  .code {
    position: relative;
    min-width: 0;
  }
  pre {
    padding: 0.75rem;
    padding-inline-end: 3rem;
    overflow-x: auto;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--ground);
  }
  pre code {
    padding: 0;
    background: none;
    white-space: pre;
  }
  copy-button {
    position: absolute;
    top: 0.0625rem;
    right: 0.0625rem;
    border-radius: var(--radius-small);
    background: var(--ground);
  }
  .table {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    font-size: 0.875rem;
  }
  th,
  td {
    padding: 0.375rem 0.625rem;
    border: 1px solid var(--line);
    text-align: start;
  }
  .picture {
    display: block;
    min-width: 6rem;
    max-width: 100%;
    min-height: 6rem;
    padding: 0;
    overflow: hidden;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--ground);
    color: var(--text);
    font: inherit;
    cursor: zoom-in;
  }
  .picture span {
    display: none;
  }
  .picture.broken {
    min-height: var(--control);
    padding: 0.5rem 1rem;
    cursor: pointer;
  }
  .picture.broken img {
    display: none;
  }
  .picture.broken span {
    display: inline;
  }
  img,
  video {
    display: block;
    max-width: 100%;
    max-height: 26rem;
  }
  video {
    width: min(100%, 34rem);
    border-radius: var(--radius-small);
    background: var(--ground);
  }
`;
