import type { TokenItem } from '../../../../src/contract/tokens';
import { deleteTokens, refreshTokens, testToken } from '../../api/tokens';
import { confirm } from '../../components/confirm';
import { toast, toastError } from '../../components/toasts';
import { language } from '../../i18n/language';
import { messages } from './messages';

/** What is done with one token at once; the reader is told how it went. */

/** @returns whether the token is to be read again. */
export async function testOne({ id }: TokenItem): Promise<boolean> {
  const text = messages[language()];
  return told(async () => {
    const result = await testToken(id);
    if (result.success) toast(text.testPassed);
    else toast(text.testFailed[result.data.error_type], 'alarm');
  });
}

export async function refreshOne({ id }: TokenItem): Promise<boolean> {
  const text = messages[language()];
  return told(async () => {
    const { results } = await refreshTokens([id]);
    if (results[id] === true) toast(text.refreshed);
    else toast(text.notRefreshed, 'alarm');
  });
}

/** Asks first. @returns whether it is gone. */
export async function deleteOne({ id, token }: TokenItem): Promise<boolean> {
  const text = messages[language()];
  const isSure = await confirm({
    heading: text.deleteOne(token),
    body: text.deleteHint,
    action: text.delete,
    isDangerous: true,
  });
  if (!isSure) return false;
  return told(async () => {
    await deleteTokens([id]);
    toast(text.deleted);
  });
}

async function told(act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (thrown) {
    toastError(thrown);
    return false;
  }
}
