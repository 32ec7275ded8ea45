/** Every error a caller can receive: code → HTTP status and OpenAI error type. Codes never change once shipped. */
export const ERRORS = {
  // The request itself.
  invalid_json: { status: 400, type: 'invalid_request_error' },
  invalid_request: { status: 400, type: 'invalid_request_error' },
  unsupported_parameter: { status: 400, type: 'invalid_request_error' },
  invalid_image: { status: 400, type: 'invalid_request_error' },
  url_not_allowed: { status: 400, type: 'invalid_request_error' },
  content_policy_violation: { status: 400, type: 'invalid_request_error' },
  upstream_refused: { status: 400, type: 'invalid_request_error' },
  body_too_large: { status: 413, type: 'invalid_request_error' },
  file_too_large: { status: 413, type: 'invalid_request_error' },
  method_not_allowed: { status: 405, type: 'invalid_request_error' },
  model_not_found: { status: 404, type: 'invalid_request_error' },
  not_found: { status: 404, type: 'invalid_request_error' },
  thread_not_found: { status: 404, type: 'invalid_request_error' },

  // Media.
  unsupported_file: { status: 400, type: 'invalid_request_error' },
  media_gone: { status: 404, type: 'invalid_request_error' },
  link_invalid: { status: 403, type: 'permission_error' },
  link_expired: { status: 403, type: 'permission_error' },
  precondition_failed: { status: 412, type: 'invalid_request_error' },
  range_not_satisfiable: { status: 416, type: 'invalid_request_error' },
  media_busy: { status: 503, type: 'server_error' },
  file_not_found: { status: 404, type: 'invalid_request_error' },
  too_many_files: { status: 400, type: 'invalid_request_error' },
  storage_unavailable: { status: 501, type: 'server_error' },

  // Video jobs.
  video_not_found: { status: 404, type: 'invalid_request_error' },
  video_not_ready: { status: 404, type: 'invalid_request_error' },
  video_interrupted: { status: 500, type: 'server_error' },

  // The caller's key.
  missing_api_key: { status: 401, type: 'authentication_error' },
  invalid_api_key: { status: 401, type: 'authentication_error' },
  key_disabled: { status: 401, type: 'authentication_error' },
  key_expired: { status: 401, type: 'authentication_error' },
  model_not_allowed: { status: 403, type: 'permission_error' },
  ip_not_allowed: { status: 403, type: 'permission_error' },
  daily_quota_exceeded: { status: 429, type: 'rate_limit_error' },
  rpm_exceeded: { status: 429, type: 'rate_limit_error' },
  concurrency_exceeded: { status: 429, type: 'rate_limit_error' },
  upload_budget_exceeded: { status: 429, type: 'rate_limit_error' },

  // Imagine sessions.
  invalid_ticket: { status: 401, type: 'authentication_error' },
  upgrade_required: { status: 426, type: 'invalid_request_error' },
  too_many_clients: { status: 429, type: 'rate_limit_error' },
  start_too_soon: { status: 429, type: 'rate_limit_error' },

  // The pool.
  pool_exhausted: { status: 429, type: 'rate_limit_error' },
  call_ended: { status: 409, type: 'invalid_request_error' },
  no_credentials: { status: 503, type: 'server_error' },
  pool_overloaded: { status: 503, type: 'server_error' },
  provider_unavailable: { status: 503, type: 'server_error' },

  // Upstream, after retries.
  upstream_error: { status: 502, type: 'server_error' },
  upstream_blocked: { status: 502, type: 'server_error' },
  upstream_unauthorized: { status: 502, type: 'server_error' },
  upstream_cut: { status: 502, type: 'server_error' },
  upstream_timeout: { status: 504, type: 'server_error' },

  // The admin API.
  missing_session: { status: 401, type: 'authentication_error' },
  session_expired: { status: 401, type: 'authentication_error' },
  invalid_credentials: { status: 401, type: 'authentication_error' },
  invalid_setup_code: { status: 401, type: 'authentication_error' },
  origin_not_allowed: { status: 403, type: 'permission_error' },
  forbidden: { status: 403, type: 'permission_error' },
  too_many_attempts: { status: 429, type: 'rate_limit_error' },
  masked_identifier: { status: 400, type: 'invalid_request_error' },
  already_set_up: { status: 409, type: 'invalid_request_error' },
  key_exists: { status: 409, type: 'invalid_request_error' },
  stale_version: { status: 409, type: 'invalid_request_error' },
  not_set_up: { status: 503, type: 'server_error' },
  missing_secret: { status: 503, type: 'server_error' },
  not_migrated: { status: 503, type: 'server_error' },

  internal: { status: 500, type: 'server_error' },
} as const satisfies Record<string, { readonly status: number; readonly type: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** The only error body this service sends, streamed or not. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly code: ErrorCode;
    readonly param: string | null;
    readonly status: number;
  };
}
