import type { Download } from '../../api/download';
import {
  downloadChosenFacts,
  downloadFacts,
  downloadSecrets,
  type FactFormat,
  type TokenQuery,
} from '../../api/tokens';

/** Files of many tokens, asked for in the pieces that the gateway gives. */

/** Which tokens: ids, or all that a filter lets through. */
export type ExportScope = readonly string[] | TokenQuery;

/** Below the gateway's bounds for ids and bodies. */
const PIECE = 5_000;

export async function exportFacts(
  scope: ExportScope,
  format: FactFormat,
  download: Download,
): Promise<Blob> {
  if (!isList(scope)) return downloadFacts(scope, format, download);
  return inPieces(scope, download, async (ids, own, isFirst) => {
    const piece = await downloadChosenFacts(ids, format, own);
    return isFirst || format !== 'csv' ? piece : withoutHeading(piece);
  });
}

async function withoutHeading(table: Blob): Promise<Blob> {
  const text = await table.text();
  return new Blob([text.slice(text.indexOf('\n') + 1)]);
}

export async function exportSecretTexts(
  password: string,
  scope: ExportScope,
  download: Download,
): Promise<Blob> {
  if (!isList(scope)) return downloadSecrets(password, { filter: scope }, download);
  return inPieces(scope, download, (ids, own) => downloadSecrets(password, { ids }, own));
}

async function inPieces(
  ids: readonly string[],
  { onLines, signal }: Download,
  take: (ids: readonly string[], own: Download, isFirst: boolean) => Promise<Blob>,
): Promise<Blob> {
  const pieces: Blob[] = [];
  for (let start = 0; start < ids.length; start += PIECE) {
    const own: Download = { onLines: (lines) => onLines(start + lines), signal };
    pieces.push(await take(ids.slice(start, start + PIECE), own, start === 0));
  }
  return new Blob(pieces);
}

function isList(scope: ExportScope): scope is readonly string[] {
  return Array.isArray(scope);
}
