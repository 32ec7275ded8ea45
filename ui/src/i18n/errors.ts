import type { ErrorCode } from '../../../src/contract/errors';
import { ApiError } from '../api/call';
import { language } from './language';
import { refusalInChinese } from './refusal-sentences';

/** What went wrong, in the reader's language, with the id that finds it in the log. */

/** Every code of the gateway in Chinese; its own sentences are English. */
const ZH: Readonly<Record<ErrorCode, string>> = {
  invalid_json: '请求不是有效的 JSON。',
  invalid_request: '请求有误。',
  unsupported_parameter: '不支持该参数。',
  invalid_image: '图片无法使用。',
  url_not_allowed: '不允许使用该网址。',
  content_policy_violation: '内容被上游审核拒绝。',
  upstream_refused: '上游拒绝了该请求。',
  body_too_large: '请求过大。',
  method_not_allowed: '该地址不支持此方法。',
  model_not_found: '没有这个模型。',
  not_found: '没有找到。',
  missing_api_key: '缺少 API 密钥。',
  invalid_api_key: 'API 密钥无效。',
  key_disabled: '该 API 密钥已停用。',
  key_expired: '该 API 密钥已过期。',
  model_not_allowed: '该 API 密钥不能使用此模型。',
  ip_not_allowed: '该 API 密钥不能在此地址使用。',
  daily_quota_exceeded: '该 API 密钥的每日额度已用完。',
  rpm_exceeded: '该 API 密钥每分钟请求过多。',
  concurrency_exceeded: '该 API 密钥并发请求过多。',
  upload_budget_exceeded: '该 API 密钥今日的上传流量已用完。',
  pool_exhausted: '可用的凭据都已用完或正在冷却。',
  call_ended: '该调用已经结束。',
  no_credentials: '没有可用于此模型的凭据。',
  pool_overloaded: '凭据池繁忙，请稍后再试。',
  provider_unavailable: '该模型的提供方暂时不可用。',
  upstream_error: '上游出错。',
  upstream_blocked: '上游拦截了请求。',
  upstream_unauthorized: '上游不接受该凭据。',
  upstream_cut: '上游的回答中断了。',
  upstream_timeout: '上游超时。',
  missing_session: '请先登录。',
  session_expired: '会话已结束，请重新登录。',
  invalid_credentials: '用户名或密码错误。',
  invalid_setup_code: '设置码错误。',
  origin_not_allowed: '此请求来自其他网站。',
  forbidden: '此账号只能查看，不能修改。',
  too_many_attempts: '失败次数过多，请稍后再试。',
  masked_identifier: '遮盖过的值不能用作标识。',
  already_set_up: '已有管理员，请刷新页面后登录。',
  key_exists: '该密钥已存在。',
  stale_version: '数据已被他人修改，请刷新后重试。',
  not_set_up: '尚无管理员，请先初始化网关。',
  missing_secret: '缺少必要的密钥变量。',
  not_migrated: '数据库尚未迁移。',
  file_too_large: '文件过大。',
  thread_not_found: '找不到要继续的对话。',
  unsupported_file: '不支持这种文件。',
  media_gone: '该媒体已不存在。',
  link_invalid: '链接无效。',
  link_expired: '链接已过期。',
  precondition_failed: '文件已不是所请求的版本。',
  range_not_satisfiable: '请求的范围超出文件。',
  media_busy: '媒体读取繁忙，请稍后再试。',
  video_not_found: '没有这个视频。',
  video_not_ready: '视频尚未完成。',
  video_interrupted: '视频任务被中断。',
  invalid_ticket: '票据无效或已过期。',
  upgrade_required: '此地址需要 WebSocket。',
  too_many_clients: '连接数过多。',
  start_too_soon: '开始得太频繁，请稍后再试。',
  file_not_found: '没有这个文件。',
  storage_unavailable: '没有可用的存储，请先绑定 R2。',
  too_many_files: '文件太多。',
  internal: '网关处理此请求时出错。',
};
const BY_CODE: ReadonlyMap<string | null, string> = new Map(Object.entries(ZH));

const UNREACHABLE = { en: 'The gateway cannot be reached.', zh: '无法连接网关。' };
const UNEXPECTED = { en: 'Something in this page went wrong', zh: '此页面出错' };
const ABOUT = { en: 'request', zh: '请求编号' };

/** Codes that say only where to look: the gateway's own sentence says what is wrong. */
const VAGUE: ReadonlySet<string | null> = new Set(['invalid_request', 'unsupported_parameter']);

/** The sentence to show for whatever a call threw. */
export function errorText(thrown: unknown): string {
  const lang = language();
  if (!(thrown instanceof ApiError)) {
    return `${UNEXPECTED[lang]}: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
  if (thrown.status === 0) return UNREACHABLE[lang];
  const id = thrown.requestId === null ? '' : ` [${ABOUT[lang]} ${thrown.requestId}]`;
  return (lang === 'zh' ? inChinese(thrown) : thrown.message) + id;
}

function inChinese({ code, param, message }: ApiError): string {
  const own = BY_CODE.get(code);
  if (own === undefined) return message;
  const where = param === null ? '' : ` (${param})`;
  if (!VAGUE.has(code)) return own + where;
  return `${own.replace('。', param === null ? '：' : `（${param}）：`)}${refusalInChinese(message)}`;
}

/** What a code of the gateway means, in a few words; in English the code says it. */
export function codeText(code: string): string {
  const own = language() === 'zh' ? BY_CODE.get(code) : undefined;
  return own?.replace(/。$/, '') ?? code;
}

/** A failure that an answer tells of, by its code or its sentence, in the reader's language. */
export function failureText(told: string): string {
  if (language() === 'en') return told;
  return BY_CODE.get(told) ?? refusalInChinese(told);
}
