import { language } from './language';

/** Why a request was refused before it became a call, in few words. Codes are the gateway's own. */
const messages: Readonly<Record<'en' | 'zh', Readonly<Record<string, string>>>> = {
  en: {
    daily_quota_exceeded: 'Daily limit of the key reached',
    rpm_exceeded: 'Too many requests a minute',
    concurrency_exceeded: 'Too many requests at once',
    upload_budget_exceeded: 'Too many bytes uploaded in a day',
    pool_exhausted: 'All fitting tokens used up, cooling or busy',
    no_credentials: 'No token that could serve the model',
    pool_overloaded: 'Pool overloaded',
    provider_unavailable: 'Provider failing',
    model_not_allowed: 'Model not allowed for the key',
    model_not_found: 'No such model',
    ip_not_allowed: 'Address not allowed for the key',
    key_disabled: 'Key disabled',
    key_expired: 'Key expired',
    call_ended: 'Call had ended already',
    invalid_request: 'Malformed request',
    invalid_json: 'Not JSON',
    invalid_image: 'Unusable picture',
    unsupported_parameter: 'Unsupported parameter',
    unsupported_file: 'Unsupported file',
    url_not_allowed: 'Link not allowed',
    body_too_large: 'Request too large',
    file_too_large: 'File too large',
    thread_not_found: 'Conversation not found',
  },
  zh: {
    daily_quota_exceeded: '密钥达到每日上限',
    rpm_exceeded: '每分钟请求过多',
    concurrency_exceeded: '并发请求过多',
    upload_budget_exceeded: '当日上传流量过多',
    pool_exhausted: '合适的凭据已用尽、冷却或繁忙',
    no_credentials: '没有可用于该模型的凭据',
    pool_overloaded: '凭据池繁忙',
    provider_unavailable: '提供方故障',
    model_not_allowed: '密钥不能使用该模型',
    model_not_found: '没有该模型',
    ip_not_allowed: '密钥不能在该地址使用',
    key_disabled: '密钥已停用',
    key_expired: '密钥已过期',
    call_ended: '调用已经结束',
    invalid_request: '请求格式有误',
    invalid_json: '不是有效的 JSON',
    invalid_image: '图片无法使用',
    unsupported_parameter: '不支持的参数',
    unsupported_file: '不支持的文件',
    url_not_allowed: '不允许的网址',
    body_too_large: '请求过大',
    file_too_large: '文件过大',
    thread_not_found: '找不到对话',
  },
};

/** A code that is newer than this page is shown as it is called. */
export function refusalText(code: string): string {
  return messages[language()][code] ?? code;
}
