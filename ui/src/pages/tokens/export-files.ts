import {
  downloadChosenFacts,
  downloadSecrets,
  type FactFormat,
  type TokenQuery,
} from '../../api/tokens';

/** Files of many tokens, asked for in the pieces that the gateway gives. */

/** Below the gateway's bounds for ids and bodies. */
const PIECE = 5_000;

export async function exportChosenFacts(
  ids: readonly string[],
  format: FactFormat,
  onProgress: (done: number) => void,
): Promise<Blob> {
  const pieces: Blob[] = [];
  for (let start = 0; start < ids.length; start += PIECE) {
    const piece = await downloadChosenFacts(ids.slice(start, start + PIECE), format);
    pieces.push(start > 0 && format === 'csv' ? await withoutHeading(piece) : piece);
    onProgress(Math.min(ids.length, start + PIECE));
  }
  return new Blob(pieces);
}

async function withoutHeading(table: Blob): Promise<Blob> {
  const text = await table.text();
  return new Blob([text.slice(text.indexOf('\n') + 1)]);
}

/** @param scope ids, or a filter */
export async function exportSecretTexts(
  password: string,
  scope: readonly string[] | TokenQuery,
  onProgress: (done: number) => void,
): Promise<Blob> {
  if (!isList(scope)) return downloadSecrets(password, { filter: scope });
  const pieces: Blob[] = [];
  for (let start = 0; start < scope.length; start += PIECE) {
    pieces.push(await downloadSecrets(password, { ids: scope.slice(start, start + PIECE) }));
    onProgress(Math.min(scope.length, start + PIECE));
  }
  return new Blob(pieces);
}

function isList(scope: readonly string[] | TokenQuery): scope is readonly string[] {
  return Array.isArray(scope);
}

/** Hands a file to the browser, which asks where to put it. */
export function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
