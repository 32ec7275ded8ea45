import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../src/contract/errors';

/** What a client may conclude from a status alone. */
const TYPE_OF_STATUS: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_error',
};

describe('error codes', () => {
  it.each(Object.entries(ERRORS))('%s has the type of its status (D-65)', (_code, error) => {
    const expected =
      TYPE_OF_STATUS[error.status] ??
      (error.status >= 500 ? 'server_error' : 'invalid_request_error');
    expect(error.type).toBe(expected);
  });
});
